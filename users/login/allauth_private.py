"""What we use of allauth's private parts, and the only place that names them: a new version is read against this list.

The public adapters do not reach so far: our stages count tries, ask factors anew, and enter by ProConnect.
"""

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn

__all__ = [
    "TOTP",
    "LoginCodeVerificationProcess",
    "compare_user_code",
    "get_authentication_records",
    "generate_totp_secret",
    "login_stage_required",
    "perform_login",
    "perform_password_login",
    "post_authentication",
    "record_authentication",
    "validate_totp_code",
    "webauthn",
]
