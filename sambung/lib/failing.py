"""The columns of rows that may fail: why, as a code and parameters (`sambung.lib.failures`)."""

from django.db import models

from sambung.lib.failures import Failure


class Failing(models.Model):
    """What may fail, and keeps why."""

    error_code = models.CharField(max_length=50, blank=True, default="", db_default="")
    error_params = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))

    class Meta:
        abstract = True

    @property
    def failure(self) -> Failure | None:
        return Failure(self.error_code, self.error_params) if self.error_code else None

    @property
    def problem(self) -> str:
        """The sentence of the failure in the present language, "" where there is none."""
        return self.failure.sentence if self.failure else ""
