"""People."""

import hashlib

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sambung.lib.ids import uuid7


class UserRole(models.TextChoices):
    USER = "user", _("User")
    AGENT_ADMIN = "agent_admin", _("Agent admin")
    ADMIN = "admin", _("Admin")


class UserManager(BaseUserManager):
    """Makes people by e-mail address, which is stored in lower case."""

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, **{"role": UserRole.ADMIN, **fields})


class User(AbstractBaseUser):
    """A person who signs in. What they may do follows from `role` and their memberships."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("email"), max_length=254)
    image = models.CharField(_("picture"), max_length=200, null=True, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=UserRole, default=UserRole.USER, db_default=UserRole.USER)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    preferences = models.JSONField(_("preferences"), default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "users"
        ordering = ["name", "id"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(fields=["email"], name="users_email_unique"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="users_email_lower"),
            models.CheckConstraint(condition=Q(role__in=UserRole.values), name="users_role_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def is_staff(self) -> bool:
        """May open Django admin."""
        return self.role == UserRole.ADMIN

    is_superuser = is_staff

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_active and self.is_superuser

    def has_perms(self, perm_list, obj=None) -> bool:
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label) -> bool:
        return self.is_active and self.is_superuser

    def get_full_name(self) -> str:
        return str(self)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def picture_url(self) -> str:
        """Where the picture is, which browsers keep until there is another; empty without one."""
        if not self.image:
            return ""
        version = hashlib.sha256(self.image.encode()).hexdigest()[:12]
        return f"{reverse('person_picture', args=[self.pk])}?v={version}"


class Notification(models.Model):
    """Something that a person should know, shown in the app until it is read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at", "-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index(fields=["user", "-created_at"], name="notifications_user")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.user_id}"
