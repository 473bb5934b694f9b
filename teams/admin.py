"""Admin pages of people and teams. Only instance admins come here; nobody changes their own role."""

import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401  so that what it registers can be replaced
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from teams import groups
from teams.forms.groups import checked_slug
from teams.models import (
    AuditEntry,
    Instance,
    Mail,
    Notification,
    SlugRedirect,
    Team,
    TeamInvite,
    TeamMember,
    TeamRole,
    User,
)

admin.site.site_header = admin.site.site_title = _("Sambung administration")
admin.site.unregister(Group)  # rights follow from `role` and from memberships
admin.site.unregister([Authenticator, UserSession, SocialAccount])  # shown below, without their secrets
admin.site.unregister([SocialApp, SocialToken])  # providers are named in the environment, and tokens are not kept


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at and never written here."""

    actions = None

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        """Only what the page filters by: another column could be guessed by asking what it begins with."""
        offered = {"id", "pk", self.date_hierarchy, *(str(item) for item in self.get_list_filter(request))}
        columns = {str(name).partition("__")[0] for name in offered}
        return lookup.partition("__")[0] in columns and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request, *args) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class AddressMixin(forms.ModelForm):
    """The address, in lower case, and whether its owner has proved it or an admin vouches for it."""

    is_verified = forms.BooleanField(
        label=_("The address is verified"),
        required=False,
        initial=True,
        help_text=_("Otherwise the person confirms it by a mail at the first sign-in."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance._state.adding:
            self.initial["is_verified"] = _is_verified(self.instance)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class NewPersonForm(AddressMixin, AdminUserCreationForm):
    """A new person with a first password."""

    hashed: str  # the password as it is kept, by PersonAdmin

    class Meta:
        model = User
        fields = ("name", "email", "role")

    def set_password_and_save(self, user: User, **_) -> User:
        if self.cleaned_data["set_usable_password"]:
            user.password = self.hashed
        else:
            user.set_unusable_password()
        return user


class PersonForm(AddressMixin):
    """A person, without anything of the password."""

    class Meta:
        model = User
        fields = ("name", "email", "role", "is_active")


class PlacesInline(admin.TabularInline):
    """Who belongs where, seen from one side."""

    model = TeamMember
    extra = 0
    readonly_fields = ("joined_at",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("team", "user")


class MembershipInline(PlacesInline):
    """The teams of a person; changed on the team's page, where all its admins are seen."""

    fields = ("team", "role", "joined_at")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request, obj=None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People. They are deactivated, not deleted here: what they wrote in teams stays readable."""

    form, add_form = PersonForm, NewPersonForm
    fieldsets = (
        (None, {"fields": ("name", "email", "is_verified", "password_link")}),
        (_("Rights"), {"fields": ("role", "is_active")}),
        (_("Dates"), {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("name", "email", "is_verified", "role", "usable_password", "password1", "password2"),
            },
        ),
    )
    list_display = ("name", "email", "role", "is_active", "last_login", "created_at")
    list_filter = ("role", "is_active", "created_at")
    search_fields = ("name", "email")
    ordering = ("name", "id")
    filter_horizontal = ()
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = (MembershipInline,)
    actions = None

    def get_readonly_fields(self, request, obj=None):
        """Nobody changes their own role or shuts themselves out."""
        fixed = ("password_link", "last_login", "created_at", "updated_at")
        return (*fixed, "role", "is_active") if obj == request.user else fixed

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    @admin.display(description=_("password"))
    def password_link(self, person: User):
        """A way to set a new password; nothing of the present one is shown."""
        address = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a href="{}">{}</a>', address, _("Set a new password"))

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request, *args, **kwargs):
        """Hash the password before the transaction that everything else is kept in: that is slow."""
        if request.method == "POST":
            request.hashed = make_password(request.POST.get("password1") or None)
        return super().add_view(request, *args, **kwargs)

    def save_form(self, request, form, change):
        if not change:
            form.hashed = request.hashed
        return super().save_form(request, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        _keep_address(form.instance, form.cleaned_data["is_verified"])


def _is_verified(person: User) -> bool:
    return EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()


def _keep_address(person: User, is_verified: bool) -> None:
    """Make the sign-in address the one address of the person, verified or not."""
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    values = {"verified": is_verified, "primary": True}
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults=values)


class TeamForm(forms.ModelForm):
    """A team; an address that no team has or had."""

    def clean_slug(self) -> str:
        return checked_slug(self.cleaned_data["slug"], None if self.instance._state.adding else self.instance)


class MembersFormSet(forms.BaseInlineFormSet):
    """The members of a team, of whom one must look after it."""

    def clean(self) -> None:
        super().clean()
        left = [form.cleaned_data for form in self.forms if form.is_valid() and not self._should_delete_form(form)]
        if not any(row.get("role") == TeamRole.ADMIN and row["user"].is_active for row in left):
            raise forms.ValidationError(_("A team needs an admin who can sign in."))


class MemberInline(PlacesInline):
    """The members of a team."""

    formset = MembersFormSet
    autocomplete_fields = ("user",)
    fields = ("user", "role", "joined_at")


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams with their members. A team holds other people's work, so it is not deleted here."""

    form = TeamForm
    fields = ("name", "slug", "description", "created_by", "created_at", "updated_at")
    readonly_fields = ("created_by", "created_at", "updated_at")
    list_display = ("name", "slug", "created_by", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("created_by",)
    search_fields = ("name", "slug", "description")
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = (MemberInline,)
    actions = None

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        elif "slug" in form.changed_data:
            groups.readdress(team=obj, by=request.user, slug=obj.slug)
        super().save_model(request, obj, form, change)


@admin.register(TeamMember)
class TeamMemberAdmin(ReadOnlyAdmin):
    """Who is in which team; changed on the team's page, where all its admins are seen."""

    fields = ("team", "user", "role", "joined_at")
    list_display = ("user", "team", "role", "joined_at")
    list_filter = ("role", "joined_at")
    list_select_related = ("user", "team")
    search_fields = ("user__name", "user__email", "team__name", "team__slug")
    date_hierarchy = "joined_at"
    show_full_result_count = False


@admin.register(TeamInvite)
class TeamInviteAdmin(ReadOnlyAdmin):
    """Who was asked to come. The link's digest is not shown; invites are made and revoked on a team's own page."""

    fields = ("team", "email", "role", "note", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_display = ("email", "team", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role", "created_at")
    list_select_related = ("team", "invited_by")
    search_fields = ("email", "team__name", "team__slug")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(SlugRedirect)
class SlugRedirectAdmin(ReadOnlyAdmin):
    """Addresses that teams had before."""

    fields = list_display = ("old_slug", "new_slug", "team", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("team",)
    search_fields = ("old_slug", "new_slug", "team__name")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told in the app; not the words themselves."""

    fields = list_display = ("user", "kind", "created_at", "read_at")
    list_filter = ("kind", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Mails that wait, have left lately or were given up; not what they say, which may let somebody in."""

    fields = ("to", "user", "created_at", "tries", "next_at", "failed_at", "problem", "sent_at", "expires_at")
    readonly_fields = ("problem",)
    list_display = ("to", "created_at", "tries", "next_at", "failed_at", "error_code", "sent_at")
    list_filter = ("error_code", "created_at")
    list_select_related = ("user",)
    search_fields = ("to",)
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("encrypted_letter")


@admin.register(Instance)
class InstanceAdmin(admin.ModelAdmin):
    """The settings of the instance: one row."""

    fields = ("sign_up", "second_factor", "updated_at")
    readonly_fields = ("updated_at",)
    list_display = ("__str__", "sign_up", "second_factor", "updated_at")
    list_filter = ("sign_up",)
    search_fields = ("sign_up",)
    actions = None

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what, and when."""

    fields = ("created_at", "action", "actor_name", "target", "team", "ip", "data")
    list_display = ("created_at", "action", "actor_name", "target", "team", "ip")
    list_filter = ("action", "created_at")
    list_select_related = ("team",)
    search_fields = ("action", "actor_name", "target")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors and passkeys. One may be removed for somebody who has lost it; what it is made of is not shown."""

    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_add_permission(self, request) -> bool:
        return False

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        return not lookup.startswith("data") and super().lookup_allowed(lookup, value, request)


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Who is signed in from where. The key of a session is not shown: whoever has it is that person."""

    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_display = ("user", "ip", "user_agent", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email", "ip")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    """Accounts elsewhere that people sign in with; not what the provider told of them."""

    fields = ("user", "provider", "uid", "date_joined", "last_login")
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_filter = ("provider", "date_joined")
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email", "uid")
    date_hierarchy = "date_joined"
    show_full_result_count = False
