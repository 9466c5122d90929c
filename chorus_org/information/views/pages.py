"""« Plan du site », and the page that a GP prints for their colleagues."""

from django.db.models import Count, Q
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.information.guide import GUIDE
from chorus_org.kernel.common.paging import page
from structures.models import Structure

# « Plan du site »: by part, the names of the addresses and what they are called
MAP = (
    (
        "Le portail",
        (
            ("home", "Accueil"),
            ("organisation", "Organisation"),
            ("directory:search", "Annuaire des structures publiques"),
            ("directory:check", "Vérifier des lignes"),
            ("news:articles", "Actualités"),
            ("support:support", "Support"),
            ("support:contact", "Nous contacter"),
            ("communication", "Communication"),
            ("guide:contents", "Documentation"),
        ),
    ),
    (
        "Structures",
        (
            ("habilitations:structures", "Mes structures"),
            ("habilitations:create", "Créer une structure"),
            ("habilitations:propose", "Demander la création d’une structure publique"),
            ("habilitations:manage", "Gérer une structure"),
            ("services:create", "Créer un service"),
            ("services:manage", "Gérer un service"),
            ("services:import", "Importer des services"),
        ),
    ),
    (
        "Utilisateurs",
        (
            ("users", "Utilisateurs"),
            ("approvals:list", "Approbations"),
            ("people:ask", "Demande de rattachement à une structure"),
            ("people:attach", "Rattacher un utilisateur"),
            ("people:invitations", "Invitations"),
            ("people:detach", "Détacher un utilisateur"),
            ("people:show", "Afficher un utilisateur"),
            ("people:contacts", "Mes contacts"),
            ("people:absence", "Disponibilité"),
            ("people:grants", "Gérer les habilitations des utilisateurs"),
            ("people:own", "Gérer mes habilitations"),
        ),
    ),
    (
        "Mon compte",
        (
            ("account_login", "Se connecter"),
            ("account_signup", "Créer un compte"),
            ("account", "Mon compte"),
            ("mine:attachments", "Mes rattachements"),
            ("mine:profiles", "Mes habilitations"),
            ("mine:requests", "Historique de mes demandes"),
        ),
    ),
    (
        "À propos",
        (
            ("legal", "Mentions légales"),
            ("terms", "Conditions d’utilisation"),
            ("privacy", "Données personnelles"),
            ("accessibility", "Accessibilité"),
        ),
    ),
)
FOR_VISITORS = ("account_login", "account_signup")


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """A page to print: what the portal is, and who manages what in my structures."""
    at = timezone.now()
    mine = Structure.objects.visible_to(request.user, at=at).select_related("principal_manager")
    there = Q(services__deleted_at=None, services__active_from__lte=at) & (
        Q(services__active_until=None) | Q(services__active_until__gt=at)
    )
    counted = mine.annotate(active_services=Count("services", filter=there))
    return render(request, "information/kit.html", {"structures": page(counted, "name_key", request.GET), "at": at})


@require_safe
@non_atomic_requests
def site_map(request: HttpRequest) -> HttpResponse:
    """« Plan du site »."""
    hidden = FOR_VISITORS if request.user.is_authenticated else ()
    parts = [(title, [one for one in named if one[0] not in hidden]) for title, named in MAP]
    return render(request, "information/site_map.html", {"parts": parts, "guide": GUIDE})
