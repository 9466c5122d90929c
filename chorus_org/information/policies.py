"""Who writes news, who answers questions: operators, by the permissions of their role."""

from datetime import timedelta

from chorus_org.kernel.common.rights import Person

A_DAY = timedelta(days=1)
WRITE, ANSWER = "information.write_news", "information.answer_ticket"
WHO_MAY_WRITE = "Écrire une actualité revient aux exploitants chargés du support ou de l’administration."
WHO_MAY_ANSWER = "Répondre aux questions revient aux exploitants chargés du support ou de l’administration."


def may_write_news(user: Person) -> bool:
    return user.is_authenticated and user.is_staff and user.has_perm(WRITE)


def may_answer(user: Person) -> bool:
    return user.is_authenticated and user.is_staff and user.has_perm(ANSWER)
