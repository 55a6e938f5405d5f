package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	hydra "github.com/ory/hydra-client-go/v2"
)

// browser keeps cookies and shows where each answer sends it, instead of going there.
type browser struct{ http.Client }

func newBrowser() *browser {
	jar, _ := cookiejar.New(nil) // fails for no options
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{http.Client{Jar: jar, CheckRedirect: stay}}
}

// follow visits an address, and returns the parameter of the one that the answer sends the browser to.
func (b *browser) follow(ctx context.Context, address, parameter string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := b.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	onward, err := answer.Location()
	if err != nil {
		return "", fmt.Errorf("%s answered %s: %w", address, answer.Status, err)
	}
	if value := onward.Query().Get(parameter); value != "" {
		return value, nil
	}
	return "", fmt.Errorf("no %s in %s", parameter, onward)
}

// login is what a login and consent app does with the two challenges.
func (r *run) login(ctx context.Context) (string, error) {
	query := url.Values{
		"client_id": {r.id}, "response_type": {"code"}, "scope": {scope}, "state": {"a-state-of-the-sdk"},
		"redirect_uri": {r.back + "/callback"},
	}
	challenge, err := r.walk.follow(ctx, r.oidc.AuthorizationEndpoint+"?"+query.Encode(), "login_challenge")
	if err != nil {
		return "", err
	}
	onward, err := r.acceptLogin(ctx, challenge)
	if err != nil {
		return "", err
	}
	if challenge, err = r.walk.follow(ctx, onward, "consent_challenge"); err != nil {
		return "", err
	}
	if onward, err = r.acceptConsent(ctx, challenge); err != nil {
		return "", err
	}
	code, err := r.walk.follow(ctx, onward, "code")
	if err != nil {
		return "", err
	}
	r.tokens = hydra.NewOAuth2TokenExchange()
	r.tokens.AdditionalProperties = map[string]any{"code": code}
	return "login and consent read and accepted, and a code came back", nil
}

func (r *run) acceptLogin(ctx context.Context, challenge string) (string, error) {
	asked, _, err := r.admin.OAuth2API.GetOAuth2LoginRequest(ctx).LoginChallenge(challenge).Execute()
	if err != nil {
		return "", err
	}
	if asked.Client.GetClientId() != r.id || asked.Skip {
		return "", fmt.Errorf("the login request is %+v", asked)
	}
	answer := hydra.NewAcceptOAuth2LoginRequest(subject)
	answer.SetRemember(true)
	accept := r.admin.OAuth2API.AcceptOAuth2LoginRequest(ctx).LoginChallenge(challenge)
	onward, _, err := accept.AcceptOAuth2LoginRequest(*answer).Execute()
	if err != nil {
		return "", err
	}
	return onward.RedirectTo, nil
}

func (r *run) acceptConsent(ctx context.Context, challenge string) (string, error) {
	asked, _, err := r.admin.OAuth2API.GetOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).Execute()
	if err != nil {
		return "", err
	}
	if asked.GetSubject() != subject || !slices.Equal(asked.RequestedScope, strings.Fields(scope)) {
		return "", fmt.Errorf("the consent request is %+v", asked)
	}
	session := hydra.NewAcceptOAuth2ConsentRequestSession()
	session.SetIdToken(map[string]any{"email": "person@example.com"})
	session.SetAccessToken(map[string]any{"role": "reader"})
	answer := hydra.NewAcceptOAuth2ConsentRequest()
	answer.SetGrantScope(asked.RequestedScope)
	answer.SetRemember(true)
	answer.SetSession(*session)
	accept := r.admin.OAuth2API.AcceptOAuth2ConsentRequest(ctx).ConsentChallenge(challenge)
	onward, _, err := accept.AcceptOAuth2ConsentRequest(*answer).Execute()
	if err != nil {
		return "", err
	}
	return onward.RedirectTo, nil
}

// logout is what a logout app does with its challenge.
func (r *run) logout(ctx context.Context) (string, error) {
	query := url.Values{
		"id_token_hint":            {r.tokens.GetIdToken()},
		"post_logout_redirect_uri": {r.back + "/logged-out"},
		"state":                    {"a-state-of-the-logout"},
	}
	challenge, err := r.walk.follow(ctx, r.oidc.GetEndSessionEndpoint()+"?"+query.Encode(), "logout_challenge")
	if err != nil {
		return "", err
	}
	asked, _, err := r.admin.OAuth2API.GetOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute()
	if err != nil {
		return "", err
	}
	if asked.GetSubject() != subject || !asked.GetRpInitiated() {
		return "", fmt.Errorf("the logout request is %+v", asked)
	}
	onward, _, err := r.admin.OAuth2API.AcceptOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute()
	if err != nil {
		return "", err
	}
	state, err := r.walk.follow(ctx, onward.RedirectTo, "state")
	if err != nil {
		return "", err
	}
	if state != "a-state-of-the-logout" {
		return "", fmt.Errorf("the state is %q", state)
	}
	return "read and accepted, and the browser is back at the registered address, with the state", nil
}
