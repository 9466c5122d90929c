"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

NOTHING = {
    "chorus_org.kernel.mail.operations.purge_mails": "mails that are over",
    "chorus_org.kernel.mail.operations.queue_mail": "the mail is new",
    "chorus_org.kernel.mail.operations.queue_mails": "the mails are new",
    "chorus_org.kernel.mail.operations.rescue_mails": "mails only: tests/kernel/mail/test_rescue.py",
    "chorus_org.kernel.mail.operations.resend_mail": "a mail only: tests/kernel/mail/test_resend.py",
    "chorus_org.kernel.mail.operations.send_mail": "a mail only: tests/kernel/mail/test_send.py",
}
