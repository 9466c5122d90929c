"""Our guide of our screens: a page a task, the words that the screens show quoted as they are (tests check it)."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Task:
    """
    :param screens: the names of the addresses where it is done; the first one is linked.
    :param who: who may.
    :param steps: what one does, in order; what stands in « … » is on the screen.
    :param good_to_know: what people are surprised by.
    :param for_visitors: its screen is closed to whoever is logged in.
    """

    slug: str
    title: str
    screens: tuple[str, ...]
    who: str
    steps: tuple[str, ...]
    good_to_know: tuple[str, ...] = ()
    for_visitors: bool = False

    @property
    def url(self) -> str:
        return reverse(self.screens[0])

    @property
    def picture(self) -> str:
        """Its first screen, among the static files (`make screenshots`)."""
        return f"guide/{self.slug}.jpg"


GUIDE = (
    Task(
        "creer-un-compte",
        "Créer un compte",
        ("account_signup", "activation"),
        "Tout le monde.",
        (
            "Choisissez «\u00a0Créer un compte\u00a0», puis remplissez «\u00a0Informations personnelles\u00a0».",
            "Ouvrez le message reçu à votre adresse\u00a0: le lien sert une fois, pendant 60 minutes.",
            "Choisissez un mot de passe\u00a0: les règles se cochent à mesure.",
            "Créez votre structure, ou demandez à rejoindre celle qui vous emploie.",
        ),
        ("Sans message après quelques minutes, cherchez dans les indésirables, puis demandez un nouveau lien.",),
        for_visitors=True,
    ),
    Task(
        "demander-un-rattachement",
        "Demander un rattachement",
        ("people:ask", "mine:requests"),
        "Toute personne qui a un compte.",
        (
            "Ouvrez «\u00a0Demande de rattachement à une structure\u00a0».",
            "Saisissez le SIRET. S’il s’agit d’une entité publique, «\u00a0Je ne connais pas le SIRET de mon entité "
            "publique\u00a0» la cherche par son nom ou sa ville.",
            "Choisissez la maille\u00a0: toute la structure, ou un de ses services.",
            "Choisissez «\u00a0Soumettre\u00a0». La réponse arrive par courriel et dans «\u00a0Historique de mes "
            "demandes\u00a0».",
        ),
        (
            "Sans réponse au bout de 60 jours, la demande expire.",
            "Après trois refus d’une même structure, on attend 30 jours avant de lui demander de nouveau.",
        ),
    ),
    Task(
        "approuver-des-demandes",
        "Approuver ou refuser des demandes",
        ("approvals:list",),
        "Le gestionnaire principal, et qui détient «\u00a0Rattachement validation\u00a0» ou «\u00a0Organisation "
        "modification\u00a0».",
        (
            "Ouvrez «\u00a0Approbations\u00a0»\u00a0: le nombre à côté dit ce qui attend.",
            "Ouvrez une demande pour voir ce qui aide à décider, ou approuvez-la depuis la liste.",
            "Cochez-en plusieurs et choisissez «\u00a0Approuver\u00a0» sous la liste pour décider une seule fois.",
            "Un refus a un motif, que la personne lit.",
        ),
        ("Pendant dix minutes, «\u00a0Revenir sur la décision\u00a0» la défait.", "La première décision l’emporte."),
    ),
    Task(
        "rattacher-un-utilisateur",
        "Rattacher un utilisateur",
        ("people:attach", "people:invitations"),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0».",
        (
            "Ouvrez «\u00a0Rattacher un utilisateur\u00a0» et saisissez l’adresse de la personne.",
            "Choisissez la structure, puis la maille.",
            "Choisissez «\u00a0Soumettre\u00a0». Une adresse sans compte reçoit une invitation, valable sept jours.",
            "«\u00a0Invitations\u00a0» montre celles qui attendent\u00a0: on les renvoie ou on les annule.",
        ),
        ("L’écran répond la même chose que l’adresse ait un compte ou non.",),
    ),
    Task(
        "detacher-un-utilisateur",
        "Détacher un utilisateur",
        ("people:detach",),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0».",
        (
            "Ouvrez «\u00a0Détacher un utilisateur\u00a0» et choisissez la personne.",
            "Lisez «\u00a0Ce qui prendra fin\u00a0»\u00a0: niveaux, profils, demandes, invitations.",
            "Détachez-la maintenant, ou à une date.",
        ),
        ("Le gestionnaire principal ne peut pas être détaché avant d’avoir transmis la gestion.",),
    ),
    Task(
        "gerer-les-habilitations",
        "Gérer les habilitations",
        ("people:grants", "people:own", "mine:profiles"),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0»\u00a0; pour les siennes, "
        "chacun.",
        (
            "Ouvrez «\u00a0Gérer les habilitations des utilisateurs\u00a0» et choisissez la structure, puis la "
            "personne.",
            "Cochez ou décochez les profils\u00a0: chacun dit ce qu’il permet.",
            "L’écran suivant montre ce qui sera ajouté et retiré\u00a0; choisissez «\u00a0Confirmer\u00a0».",
            "«\u00a0Gérer mes habilitations\u00a0» sert à en demander d’autres ou à renoncer à l’une.",
        ),
        (
            "La modification et la validation donnent aussi la consultation.",
            "Un profil retiré ne sert plus dès la page suivante.",
        ),
    ),
    Task(
        "creer-une-structure",
        "Créer une structure",
        ("habilitations:create", "habilitations:propose"),
        "Toute personne qui a un compte\u00a0; elle en devient gestionnaire principal.",
        (
            "Ouvrez «\u00a0Créer une structure\u00a0», choisissez le type d’identifiant et saisissez l’identifiant.",
            "Si la base INSEE la connaît, «\u00a0Remplir ce qui est vide\u00a0» reprend son nom et son adresse.",
            "Choisissez «\u00a0Soumettre\u00a0».",
        ),
        (
            "Une structure n’existe qu’une fois\u00a0: si elle existe déjà, demandez un rattachement.",
            "Une entité publique absente de l’annuaire se demande à un exploitant\u00a0: «\u00a0Demander la "
            "création d’une structure publique\u00a0».",
        ),
    ),
    Task(
        "gerer-une-structure",
        "Gérer une structure",
        ("habilitations:manage", "habilitations:structures"),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0».",
        (
            "Ouvrez «\u00a0Gérer une structure\u00a0», choisissez la demande, puis la structure.",
            "«\u00a0Modifier une structure\u00a0» change ses coordonnées et ce que le fournisseur doit renseigner.",
            "«\u00a0Mettre à jour depuis la base INSEE\u00a0» montre ce qui diffère avant de l’écrire.",
            "«\u00a0Changer l’identifiant (SIRET)\u00a0» la copie sous un autre SIRET de la même entreprise\u00a0; "
            "tout suit.",
            "«\u00a0Désactiver une structure\u00a0» dit ce qui s’arrêtera\u00a0; «\u00a0Activer une "
            "structure\u00a0» la réveille telle qu’elle était.",
        ),
        ("«\u00a0Coordonnées bancaires\u00a0» est sur la page de la structure.",),
    ),
    Task(
        "creer-un-service",
        "Créer un service",
        ("services:create", "services:import"),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0».",
        (
            "Ouvrez «\u00a0Créer un service\u00a0» et choisissez la structure.",
            "Saisissez le code, tel que les fournisseurs le recopieront, et le libellé.",
            "Donnez la «\u00a0Date de début d’activation\u00a0», et la fin s’il y en a une.",
            "Cochez «\u00a0Le numéro d’engagement est obligatoire\u00a0» si une facture sans lui doit être rejetée.",
            "«\u00a0Importer des services\u00a0» en crée jusqu’à 500 depuis un fichier, essayé avant d’être écrit.",
        ),
    ),
    Task(
        "gerer-un-service",
        "Gérer un service",
        ("services:manage",),
        "Le gestionnaire principal, et qui détient «\u00a0Organisation modification\u00a0».",
        (
            "Ouvrez «\u00a0Gérer un service\u00a0» et cherchez-le par code, structure, état ou jour.",
            "Modifiez-le, fermez-le, ou rouvrez-le.",
            "En fermant, dites ce que deviennent les personnes rattachées à ce seul service.",
        ),
        ("Un service qui a été actif se ferme, il ne se supprime pas.",),
    ),
    Task(
        "chercher-dans-l-annuaire",
        "Chercher dans l’annuaire",
        ("directory:search", "directory:check"),
        "Tout le monde, sans compte.",
        (
            "Ouvrez «\u00a0Annuaire des structures publiques\u00a0» et saisissez un nom, une ville ou un "
            "SIRET\u00a0; une faute de frappe est pardonnée.",
            "La page de la structure dit ce qu’une facture doit porter, et copie chaque code.",
            "«\u00a0Vérifier des lignes\u00a0» contrôle jusqu’à 5 000 lignes d’un coup.",
        ),
    ),
    Task(
        "voir-qui-peut-quoi",
        "Voir qui peut quoi",
        ("people:show", "people:contacts", "people:absence"),
        "Qui détient «\u00a0Organisation consultation\u00a0»\u00a0; pour ses contacts, chacun.",
        (
            "«\u00a0Afficher un utilisateur\u00a0» montre les niveaux et les profils d’une personne, depuis quand "
            "et par qui.",
            "«\u00a0Mes contacts\u00a0» montre qui partage vos structures, et qui les gère.",
            "«\u00a0Disponibilité\u00a0» annonce une absence et, si vous voulez, qui vous remplace.",
        ),
    ),
)


def search(text: str) -> list[Task]:
    """The tasks whose heading has each word of the text, whatever its case; all of them without a text."""
    words = text.lower().split()
    return [task for task in GUIDE if all(word in task.title.lower() for word in words)]


def page_of(view_name: str) -> str:
    """The address of the task that a screen is for; the contents where none is."""
    found = next((task for task in GUIDE if view_name in task.screens), None)
    return reverse("guide:task", args=[found.slug]) if found else reverse("guide:contents")
