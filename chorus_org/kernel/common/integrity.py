"""The database is the referee: a named constraint becomes a refusal that speaks French."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from chorus_org.kernel.common.refusals import Refusal


def sentence_of(model: type[models.Model], constraint: str) -> str:
    """What a named constraint says when it is broken, for a form that says the same beforehand."""
    [found] = [each for each in model._meta.constraints if each.name == constraint]
    return str(found.get_violation_error_message())


@contextmanager
def refusing(model: type[models.Model], refusal: type[Refusal]) -> Iterator[None]:
    """Run the block in a savepoint; a broken constraint of `model` raises `refusal` with its own sentence.

    The field that the sentence speaks of is the constraint's `violation_error_code`.

    :raises Refusal: the constraint's message, as an instance of `refusal`.
    :raises IntegrityError: a constraint that has no sentence: a defect of ours, not of what was typed.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_code:
                raise refusal(
                    str(constraint.get_violation_error_message()), field=constraint.violation_error_code
                ) from error
        raise
