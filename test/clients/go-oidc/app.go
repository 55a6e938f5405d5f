package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// app is what discovery said, and the tokens of the person who is logged in.
type app struct {
	provider *oidc.Provider
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	token    *oauth2.Token
	rawID    string
	subject  string
	session  string
}

func discover(ctx context.Context) (*app, error) {
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		return nil, err
	}
	config := oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		RedirectURL:  os.Getenv("REDIRECT_URI"),
		Endpoint:     provider.Endpoint(),
		Scopes:       strings.Fields(os.Getenv("SCOPE")),
	}
	// The registered method. Without this x/oauth2 tries one after the other.
	config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return &app{
		provider: provider,
		oauth:    config,
		verifier: provider.Verifier(&oidc.Config{ClientID: config.ClientID}),
	}, nil
}

// login sends the browser to the login with PKCE, state and nonce, and proves what comes back.
func (a *app) login(ctx context.Context) (string, error) {
	nonce, pkce := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	code, err := a.authorize(oidc.Nonce(nonce), oauth2.S256ChallengeOption(pkce))
	if err != nil {
		return "", err
	}
	if a.token, err = a.oauth.Exchange(ctx, code, oauth2.VerifierOption(pkce)); err != nil {
		return "", err
	}
	id, err := a.verified(ctx, a.token)
	if err != nil {
		return "", err
	}
	if id.Nonce != nonce {
		return "", errors.New("the ID token has another nonce")
	}
	var claims struct {
		Name    string `json:"name"`
		Email   string `json:"email"`
		Session string `json:"sid"`
	}
	if err := id.Claims(&claims); err != nil {
		return "", err
	}
	if claims.Name != "Ada Lovelace" || claims.Email != "ada@example.com" || claims.Session == "" {
		return "", fmt.Errorf("the ID token says %+v", claims)
	}
	a.subject, a.session = id.Subject, claims.Session
	return "code with PKCE redeemed, iss, state, nonce and at_hash right, ID token names " + claims.Email, nil
}

// authorize sends the browser to the authorization endpoint, and returns the code, or the error of the response.
func (a *app) authorize(options ...oauth2.AuthCodeOption) (string, error) {
	state := oauth2.GenerateVerifier()
	answer, err := visit(a.oauth.AuthCodeURL(state, options...))
	if err != nil {
		return "", err
	}
	if answer.Get("state") != state {
		return "", errors.New("the answer has another state")
	}
	// RFC 9207 section 2.4: the answer names the server that it comes from. The libraries leave this to the app.
	if answer.Get("iss") != os.Getenv("ISSUER") {
		return "", fmt.Errorf("the answer is of the issuer %q", answer.Get("iss"))
	}
	if code := answer.Get("code"); code != "" {
		return code, nil
	}
	return "", errors.New(answer.Get("error"))
}

// verified proves the ID token of a token response, and that it belongs to its access token.
func (a *app) verified(ctx context.Context, token *oauth2.Token) (*oidc.IDToken, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the response has no ID token")
	}
	a.rawID = raw
	id, err := a.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	return id, id.VerifyAccessToken(token.AccessToken)
}

func (a *app) userInfo(ctx context.Context) (string, error) {
	info, err := a.provider.UserInfo(ctx, oauth2.StaticTokenSource(a.token))
	if err != nil {
		return "", err
	}
	if info.Subject != a.subject || info.Email != "ada@example.com" || !info.EmailVerified {
		return "", fmt.Errorf("userinfo says %+v", info)
	}
	return "the subject is that of the ID token, and the e-mail address is verified", nil
}

// renewed asks for a new access token as x/oauth2 does once the old one has expired.
func (a *app) renewed(ctx context.Context, old *oauth2.Token) (*oauth2.Token, error) {
	stale := *old
	stale.Expiry = time.Now().Add(-time.Minute)
	return a.oauth.TokenSource(ctx, &stale).Token()
}

func (a *app) refresh(ctx context.Context) (string, error) {
	old := a.token
	token, err := a.renewed(ctx, old)
	if err != nil {
		return "", err
	}
	if token.AccessToken == old.AccessToken || token.RefreshToken == old.RefreshToken {
		return "", errors.New("a token is the old one")
	}
	id, err := a.verified(ctx, token)
	if err != nil {
		return "", err
	}
	if id.Subject != a.subject {
		return "", errors.New("the new ID token is of somebody else")
	}
	a.token = token
	_, err = a.userInfo(ctx)
	return "new access, refresh and ID token for the same person", err
}

// overlap is what happens where each request of an app makes its own token source: several present one refresh token at
// the same time, and all need an answer.
func (a *app) overlap(ctx context.Context) (string, error) {
	const requests = 3
	type result struct {
		token *oauth2.Token
		err   error
	}
	results := make(chan result, requests)
	for range requests {
		go func() {
			token, err := a.renewed(ctx, a.token)
			results <- result{token, err}
		}()
	}
	var all []*oauth2.Token
	for range requests {
		got := <-results
		if got.err != nil {
			return "", got.err
		}
		all = append(all, got.token)
	}
	for _, token := range all {
		a.token = token
		if _, err := a.userInfo(ctx); err != nil {
			return "", err
		}
	}
	_, err := a.refresh(ctx)
	return fmt.Sprintf("%d at once with one refresh token were answered, and so was one after them", requests), err
}

// logout sends the browser to the end of the session at the server.
func (a *app) logout(context.Context) (string, error) {
	var document struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := a.provider.Claims(&document); err != nil {
		return "", err
	}
	state := oauth2.GenerateVerifier()
	query := url.Values{
		"id_token_hint":            {a.rawID},
		"post_logout_redirect_uri": {os.Getenv("POST_LOGOUT_REDIRECT_URI")},
		"state":                    {state},
	}
	answer, err := visit(document.EndSession + "?" + query.Encode())
	if err != nil {
		return "", err
	}
	if answer.Get("state") != state {
		return "", errors.New("the answer has another state")
	}
	return "the browser is back at the registered address, with the state", nil
}

// told proves the token that the server sent to the app itself (OpenID Connect Back-Channel Logout 1.0).
func (a *app) told(ctx context.Context, tokens <-chan string) (string, error) {
	select {
	case raw := <-tokens:
		token, err := a.verifier.VerifyLogout(ctx, raw)
		if err != nil {
			return "", err
		}
		if token.SessionID != a.session || token.Subject != a.subject {
			return "", fmt.Errorf("the logout token is of %+v", token)
		}
		return "the server sent a logout token of this session by the back channel", nil
	case <-ctx.Done():
		return "", errors.New("no logout token came")
	}
}

// ended proves that the browser is logged out.
func (a *app) ended(context.Context) (string, error) {
	pkce := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	_, err := a.authorize(oauth2.SetAuthURLParam("prompt", "none"), pkce)
	if err == nil || err.Error() != "login_required" {
		return "", fmt.Errorf("prompt=none was answered with %v", err)
	}
	return "afterwards prompt=none is login_required", nil
}
