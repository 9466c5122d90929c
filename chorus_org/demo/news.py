"""The five pieces of news of the demo world."""

from datetime import datetime, timedelta

from chorus_org.information.models import News
from chorus_org.information.operations import write_news
from users.models import User

# Days ago, domain, audience, title, summary, text
FIVE = (
    (
        1,
        "ORGANISATION",
        "entite-publique",
        "Les services s’importent depuis un fichier",
        "Jusqu’à 500 services d’un coup, essayés ligne par ligne avant d’être créés.",
        "Ouvrez **Gérer un service**, puis *Importer des services*.\n\n- un fichier CSV ou un classeur\u00a0;\n"
        "- chaque ligne dit ce qu’elle donnera\u00a0;\n- tout est créé, ou rien.",
    ),
    (
        6,
        "REFORME",
        "TOUS",
        "L’annuaire donne les adresses électroniques de la réforme",
        "Pour chaque service actif\u00a0: l’adresse à saisir dans votre logiciel, à copier d’un geste.",
        "Une adresse dont la ligne est fermée ou à venir n’est jamais dite joignable.",
    ),
    (
        15,
        "ANNUAIRE",
        "entreprise",
        "Vérifiez vos clients publics avant d’envoyer",
        "Collez jusqu’à 5\u00a0000 lignes\u00a0: chacune reçoit un verdict, en une phrase.",
        "SIRET, code de service, engagement\u00a0: ce qui manque est dit avant que la facture ne soit rejetée.",
    ),
    (
        30,
        "ORGANISATION",
        "TOUS",
        "Vos demandes se suivent, jour par jour",
        "Qui peut répondre, depuis quand la demande attend, et ce qui arrive ensuite.",
        "Tout est dans **Historique de mes demandes**. Une demande sans réponse expire au bout de 60 jours.",
    ),
    (
        45,
        "COMPTES",
        "TOUS",
        "La double authentification protège chaque compte",
        "Un code par courriel d’abord\u00a0; une application ou une clé, si vous préférez.",
        "Choisissez la vôtre dans **Mon compte**. Gardez vos codes de secours à part.",
    ),
)


def write(*, by: User, at: datetime) -> None:
    """Write them, where there are none yet."""
    if News.objects.exists():
        return
    for days, domain, audience, title, summary, text in FIVE:
        write_news(
            news=None,
            by=by,
            at=at,
            title=title,
            summary=summary,
            text=text,
            domain=domain,
            audience=audience,
            published_from=at - timedelta(days=days),
        )
