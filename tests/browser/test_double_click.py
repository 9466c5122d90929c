"""Two clicks on a button send one form."""

from playwright.sync_api import expect

from tests.support.factories import PASSWORD, UserFactory


def test_a_form_is_sent_once_however_often_one_clicks(browse, transactional_db):
    person = UserFactory()
    page = browse("/comptes/login/")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.evaluate(
        "for (const t of [0, 5, 10, 20]) setTimeout(() => document.querySelector('main form button').click(), t)"
    )

    expect(page.locator("#compte")).to_contain_text(person.last_name)
    assert len(sent) == 1
