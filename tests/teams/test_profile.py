"""Name, language and time zone, as a person sets them."""

import pytest

pytestmark = pytest.mark.django_db
URL = "/accounts/profile/"


def test_what_is_set_counts_at_once(sign_in, alice):
    client = sign_in(alice)
    given = {"name": "Alya", "language": "id", "time_zone": "Asia/Jakarta"}
    page = client.post(URL, given, follow=True).content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.preferences) == ("Alya", {"language": "id", "time_zone": "Asia/Jakarta"})
    assert '<html lang="id"' in page


def test_what_is_left_empty_is_forgotten_and_the_rest_stays(sign_in, alice):
    alice.preferences = {"theme": "dark", "language": "id"}
    alice.save()
    sign_in(alice).post(URL, {"name": "Alice", "language": "", "time_zone": ""})
    alice.refresh_from_db()
    assert alice.preferences == {"theme": "dark"}


@pytest.mark.parametrize("wrong", [{"name": ""}, {"language": "xx"}, {"time_zone": "Mars/Base"}, {"name": "x" * 151}])
def test_what_cannot_be_is_told_and_nothing_changes(sign_in, alice, wrong):
    answer = sign_in(alice).post(URL, {"name": "Other", "language": "", "time_zone": ""} | wrong)
    assert answer.status_code == 422
    alice.refresh_from_db()
    assert (alice.name, alice.preferences) == ("Alice Owner", {})
