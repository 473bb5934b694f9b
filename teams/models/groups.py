"""Teams: who is in them, who is asked to come, and where they were found before."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7
from teams.models.people import User

models.CharField.register_lookup(Length)

RESERVED_SLUGS = frozenset(
    "accounts admin api app frame healthz invites mcp media metrics p personal preferences readyz setup static team"
    " teams v1 ws".split()
)
SLUG_PATTERN = r"^[a-z0-9](?:-?[a-z0-9])*$"

_DIGESTS = ArrayField(models.CharField(max_length=64))


class Team(models.Model):
    """A group of people that shares a workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.CharField(
        _("address"),
        max_length=50,
        validators=[RegexValidator(SLUG_PATTERN, _("Use a-z, 0-9 and single hyphens between them."))],
    )
    description = models.TextField(_("description"), blank=True, default="", db_default="")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    settings = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    metadata = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "teams"
        ordering = ["name", "id"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="teams_slug_unique"),
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="teams_slug_form"),
            models.CheckConstraint(condition=Q(slug__length__gte=3, slug__length__lte=50), name="teams_slug_length"),
            models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED_SLUGS)), name="teams_slug_not_reserved"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamRole(models.TextChoices):
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")


class TeamMember(models.Model):
    """One person's place in one team."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(
        _("role"), max_length=20, choices=TeamRole, default=TeamRole.MEMBER, db_default=TeamRole.MEMBER
    )
    joined_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "team_members"
        ordering = ["joined_at", "id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="team_members_team_user"),
            models.CheckConstraint(condition=Q(role__in=TeamRole.values), name="team_members_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class TeamInvite(models.Model):
    """A link that makes whoever owns the address a member. Only the token's digest is stored; it serves once.

    `old_tokens`: digests of the links that newer ones replaced: whoever opens one is told to look for the newer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invites")
    email = models.EmailField(_("email"), max_length=254)
    role = models.CharField(
        _("role"), max_length=20, choices=TeamRole, default=TeamRole.MEMBER, db_default=TeamRole.MEMBER
    )
    note = models.TextField(_("note"), blank=True, default="", db_default="")
    token = models.CharField(max_length=64)  # SHA-256 of the token in the link, as hex
    is_replaced = False  # of an invite that was found by the digest of an older link
    old_tokens = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, db_default=models.Value([], _DIGESTS), editable=False
    )
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "team_invites"
        ordering = ["-created_at", "-id"]
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        indexes = [
            models.Index(fields=["email"], name="team_invites_email"),
            GinIndex(fields=["old_tokens"], name="team_invites_old_tokens"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["token"], name="team_invites_token_unique"),
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="team_invites_one_open",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="team_invites_email_lower"),
            models.CheckConstraint(condition=Q(role__in=TeamRole.values), name="team_invites_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.team}"

    @property
    def state(self) -> str:
        """`accepted`, `revoked`, `expired`, `replaced` or `open`."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        if self.expires_at <= timezone.now():
            return "expired"
        return "replaced" if self.is_replaced else "open"


class SlugRedirect(models.Model):
    """A slug that a team had: its members are sent on from there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    old_slug = models.CharField(_("old address"), max_length=50)
    new_slug = models.CharField(_("new address"), max_length=50)
    team = models.ForeignKey(Team, models.CASCADE, related_name="redirects")
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "slug_redirects"
        ordering = ["old_slug"]
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [models.UniqueConstraint(fields=["old_slug"], name="slug_redirects_old_unique")]

    def __str__(self) -> str:
        return f"{self.old_slug} → {self.new_slug}"
