package main

import (
	"context"
	"errors"
	"fmt"

	hydra "github.com/ory/hydra-client-go/v2"
)

// asClient is the client's secret in the header Authorization.
func (r *run) asClient(ctx context.Context) context.Context {
	return context.WithValue(ctx, hydra.ContextBasicAuth, hydra.BasicAuth{UserName: r.id, Password: r.secret})
}

func (r *run) exchange(ctx context.Context) (string, error) {
	code, _ := r.tokens.AdditionalProperties["code"].(string)
	ask := r.open.OAuth2API.Oauth2TokenExchange(r.asClient(ctx)).GrantType("authorization_code")
	tokens, _, err := ask.Code(code).RedirectUri(r.back + "/callback").Execute()
	if err != nil {
		return "", err
	}
	if tokens.GetAccessToken() == "" || tokens.GetRefreshToken() == "" || tokens.GetIdToken() == "" {
		return "", errors.New("a token is missing")
	}
	r.tokens = tokens
	return fmt.Sprintf("access, refresh and ID token, for %d s", tokens.GetExpiresIn()), nil
}

func (r *run) introspect(ctx context.Context) (string, error) {
	seen, err := r.look(ctx, r.tokens.GetAccessToken())
	if err != nil {
		return "", err
	}
	extra, _ := seen.GetExt()["role"].(string)
	if !seen.Active || seen.GetSub() != subject || seen.GetClientId() != r.id || extra != "reader" {
		return "", fmt.Errorf("found %+v", seen)
	}
	return fmt.Sprintf("an active %s with the scope %q and what the consent app added", seen.GetTokenUse(), seen.GetScope()), nil
}

func (r *run) look(ctx context.Context, token string) (*hydra.IntrospectedOAuth2Token, error) {
	seen, _, err := r.admin.OAuth2API.IntrospectOAuth2Token(ctx).Token(token).Execute()
	return seen, err
}

func (r *run) userInfo(ctx context.Context) (string, error) {
	bearer := context.WithValue(ctx, hydra.ContextAccessToken, r.tokens.GetAccessToken())
	info, _, err := r.open.OidcAPI.GetOidcUserInfo(bearer).Execute()
	if err != nil {
		return "", err
	}
	if info.GetSub() != subject || info.GetEmail() == "" {
		return "", fmt.Errorf("found %+v", info)
	}
	return "subject and e-mail address of the ID token", nil
}

func (r *run) refresh(ctx context.Context) (string, error) {
	old := r.tokens
	ask := r.open.OAuth2API.Oauth2TokenExchange(r.asClient(ctx)).GrantType("refresh_token")
	tokens, _, err := ask.RefreshToken(old.GetRefreshToken()).Execute()
	if err != nil {
		return "", err
	}
	if tokens.GetAccessToken() == old.GetAccessToken() || tokens.GetRefreshToken() == old.GetRefreshToken() {
		return "", errors.New("a token is the old one")
	}
	r.tokens = tokens
	return "new access and refresh token", nil
}

func (r *run) consents(ctx context.Context) (string, error) {
	list := r.admin.OAuth2API.ListOAuth2ConsentSessions(ctx).Subject(subject)
	found, _, err := list.Execute()
	if err != nil {
		return "", err
	}
	if len(found) == 0 || !found[0].GetRemember() || found[0].ConsentRequest.Client.GetClientId() != r.id {
		return "", fmt.Errorf("found %+v", found)
	}
	return fmt.Sprintf("listed for the person, with the scopes %v", found[0].GrantScope), nil
}

// revoke ends the access token by itself, and then all that the person granted to the client.
func (r *run) revoke(ctx context.Context) (string, error) {
	revoke := r.open.OAuth2API.RevokeOAuth2Token(r.asClient(ctx)).Token(r.tokens.GetAccessToken())
	if _, err := revoke.Execute(); err != nil {
		return "", err
	}
	if err := r.dead(ctx, r.tokens.GetAccessToken()); err != nil {
		return "", fmt.Errorf("the access token: %w", err)
	}
	all := r.admin.OAuth2API.RevokeOAuth2ConsentSessions(ctx).Subject(subject).Client(r.id)
	if _, err := all.Execute(); err != nil {
		return "", err
	}
	if err := r.dead(ctx, r.tokens.GetRefreshToken()); err != nil {
		return "", fmt.Errorf("the refresh token: %w", err)
	}
	if _, err := r.admin.OAuth2API.RevokeOAuth2LoginSessions(ctx).Subject(subject).Execute(); err != nil {
		return "", err
	}
	return "access token, then the consent with all its tokens, then the login session", nil
}

func (r *run) dead(ctx context.Context, token string) error {
	seen, err := r.look(ctx, token)
	if err == nil && seen.Active {
		return errors.New("still active")
	}
	return err
}
