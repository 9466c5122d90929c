from chorus_org.information.models import News

LOCKS = {}
NOTHING = {
    "chorus_org.information.operations.write_news": f"locks the {News._meta.verbose_name} that there is: test_news.py",
    "chorus_org.information.operations.open_ticket": "the question is new",
    **dict.fromkeys(
        [f"chorus_org.information.operations.{verb}_ticket" for verb in ("answer", "close")],
        "needs a question: tests/information/test_support.py",
    ),
    "chorus_org.information.operations.forget_tickets": "part of what its caller locks",
}
