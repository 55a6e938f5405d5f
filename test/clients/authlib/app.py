"""A web application and an API with Authlib and Flask. Each page says in one line what was found."""

import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, copy_current_request_context, redirect, request, session

ISSUER = os.environ["ISSUER"]
APP_URL = os.environ["APP_URL"]
API = "https://api.example.com"  # the audience of its access tokens

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
oauth = OAuth(app)
ostiary = oauth.register(
    "ostiary",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={
        "scope": os.environ["SCOPE"],
        "code_challenge_method": "S256",  # no PKCE without it
        "token_endpoint_auth_method": "client_secret_basic",
    },
    # Called after each refresh: the refresh token is another one now.
    update_token=lambda token, **_: tokens().update(token),
)

# The tokens stay here: the session of Flask is a cookie, which the browser's owner can read, and too small for them.
logins: dict[str, dict] = {}


def tokens() -> dict:
    return logins[session["login"]]


@app.get("/")
def home():
    login = logins.get(session.get("login"))
    if login is None:
        return "nobody"
    person = login["userinfo"]
    return f"{person['sub']}, {person['name']}, {person['email']}"


@app.get("/login")
def login():
    return ostiary.authorize_redirect(os.environ["REDIRECT_URI"])


@app.get("/callback")
def callback():
    # RFC 9207 section 2.4: the answer names the server that it comes from. Authlib leaves this to the application.
    assert request.args["iss"] == ISSUER
    login = ostiary.authorize_access_token()  # compares state and nonce
    session["login"] = secrets.token_urlsafe()
    logins[session["login"]] = login
    return redirect("/")


def whoami(token: dict) -> dict:
    return ostiary.userinfo(token=token)


@app.get("/userinfo")
def userinfo():
    person = whoami(tokens())
    return f"{person['sub']}, {person['name']}"


def expired() -> dict:
    return tokens() | {"expires_at": int(time.time()) - 1}


@app.get("/refresh")
def refresh():
    before = dict(tokens())
    person = whoami(expired())
    changed = [name for name in ("access_token", "refresh_token") if tokens()[name] != before[name]]
    return ", ".join([f"another {name.replace('_', ' ')}" for name in changed] + [f"still {person['sub']}"])


@app.get("/refresh-twice")
def refresh_twice():
    """Two requests of one browser at the same time find the same expired token."""
    stale = expired()
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(copy_current_request_context(whoami), stale) for _ in range(2)]
        people = {answer.result()["sub"] for answer in asked}
    return f"both answered {', '.join(people)}"


class ApiTokens(JWTBearerTokenValidator):
    def get_jwks(self):
        return ostiary.fetch_jwk_set()


api_token = ResourceProtector()
api_token.register_token_validator(ApiTokens(issuer=ISSUER, resource_server=API))


@app.get("/api/orders")
@api_token("orders.read")
def orders():
    return f"the orders of {current_token['sub']}"


@app.get("/orders")
def shown_orders():
    def ask(token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(f"{APP_URL}/api/orders", headers=headers, timeout=10)

    return ", ".join(
        [
            ask(tokens()["access_token"]).text,
            f"without a token: {ask(None).status_code}",
            f"with the ID token: {ask(tokens()['id_token']).status_code}",
        ]
    )


@app.get("/logout")
def logout():
    hint = logins.pop(session.pop("login"))["id_token"]
    return ostiary.logout_redirect(os.environ["POST_LOGOUT_REDIRECT_URI"], id_token_hint=hint)


@app.get("/signed-out")
def signed_out():
    ostiary.validate_logout_response()  # compares the state
    return "signed out"


app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True)
