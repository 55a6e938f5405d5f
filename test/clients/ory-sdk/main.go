// Command ory-sdk uses the Go SDK of Ory Hydra as an administrator and as a login and consent app do. It says what
// it checked, and ends with 1 at the first thing that is not as it should be.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	hydra "github.com/ory/hydra-client-go/v2"
)

const (
	patience = 2 * time.Minute
	owner    = "ory-sdk"
	subject  = "person-of-the-sdk"
	scope    = "openid offline_access"
)

// run is what one step leaves for the next.
type run struct {
	open   *hydra.APIClient
	admin  *hydra.APIClient
	oidc   *hydra.OidcConfiguration
	id     string
	secret string
	back   string
	walk   *browser
	tokens *hydra.OAuth2TokenExchange
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r := &run{open: client("ISSUER"), admin: client("ADMIN_URL"), back: os.Getenv("APP_URL"), walk: newBrowser()}
	steps := []struct {
		topic string
		do    func(context.Context) (string, error)
	}{
		{"discovery", r.discover},
		{"client", r.create},
		{"client", r.list},
		{"client", r.change},
		{"login", r.login},
		{"login", r.exchange},
		{"introspection", r.introspect},
		{"userinfo", r.userInfo},
		{"refresh", r.refresh},
		{"consent", r.consents},
		{"logout", r.logout},
		{"revocation", r.revoke},
		{"keys", r.keys},
		{"client", r.remove},
	}
	for _, step := range steps {
		seen, err := step.do(ctx)
		if err != nil {
			fmt.Printf("failed: %s: %v\n", step.topic, told(err))
			os.Exit(1)
		}
		fmt.Printf("check: %s: %s\n", step.topic, seen)
	}
}

func client(variable string) *hydra.APIClient {
	configuration := hydra.NewConfiguration()
	configuration.Servers = hydra.ServerConfigurations{{URL: os.Getenv(variable)}}
	return hydra.NewAPIClient(configuration)
}

// told is an error with what the server said about it.
func told(err error) error {
	if answer, ok := err.(*hydra.GenericOpenAPIError); ok && len(answer.Body()) > 0 {
		return fmt.Errorf("%w: %s", err, answer.Body())
	}
	return err
}

func (r *run) discover(ctx context.Context) (string, error) {
	document, _, err := r.open.OidcAPI.DiscoverOidcConfiguration(ctx).Execute()
	if err != nil {
		return "", err
	}
	if document.Issuer != os.Getenv("ISSUER") {
		return "", fmt.Errorf("the issuer is %s", document.Issuer)
	}
	keys, _, err := r.open.WellknownAPI.DiscoverJsonWebKeys(ctx).Execute()
	if err != nil {
		return "", err
	}
	r.oidc = document
	return fmt.Sprintf("the issuer is the one that was asked, and it has %d keys", len(keys.Keys)), nil
}

func (r *run) create(ctx context.Context) (string, error) {
	wanted := hydra.NewOAuth2Client()
	wanted.SetClientName("Ory's Go SDK")
	wanted.SetOwner(owner)
	wanted.SetScope(scope)
	wanted.SetGrantTypes([]string{"authorization_code", "refresh_token"})
	wanted.SetRedirectUris([]string{r.back + "/callback"})
	wanted.SetPostLogoutRedirectUris([]string{r.back + "/logged-out"})
	wanted.SetTokenEndpointAuthMethod("client_secret_basic")
	wanted.SetMetadata(map[string]any{"team": "blue"})
	made, answer, err := r.admin.OAuth2API.CreateOAuth2Client(ctx).OAuth2Client(*wanted).Execute()
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusCreated || made.GetClientSecret() == "" || made.GetOwner() != owner {
		return "", fmt.Errorf("answered %d with %+v", answer.StatusCode, made)
	}
	r.id, r.secret = made.GetClientId(), made.GetClientSecret()
	return "created, with an id and a secret of the server", nil
}

func (r *run) list(ctx context.Context) (string, error) {
	found, _, err := r.admin.OAuth2API.ListOAuth2Clients(ctx).Owner(owner).PageSize(500).Execute()
	if err != nil {
		return "", err
	}
	has := slices.ContainsFunc(found, func(c hydra.OAuth2Client) bool { return c.GetClientId() == r.id })
	if !has {
		return "", fmt.Errorf("not among the %d clients of its owner", len(found))
	}
	return "listed among those of its owner", nil
}

func (r *run) change(ctx context.Context) (string, error) {
	rename := hydra.NewJsonPatch("replace", "/client_name")
	rename.SetValue("Renamed")
	patch := r.admin.OAuth2API.PatchOAuth2Client(ctx, r.id).JsonPatch([]hydra.JsonPatch{*rename})
	if _, _, err := patch.Execute(); err != nil {
		return "", err
	}
	lifespans := hydra.NewOAuth2ClientTokenLifespans()
	lifespans.SetAuthorizationCodeGrantAccessTokenLifespan("20m0s")
	set := r.admin.OAuth2API.SetOAuth2ClientLifespans(ctx, r.id).OAuth2ClientTokenLifespans(*lifespans)
	if _, _, err := set.Execute(); err != nil {
		return "", err
	}
	found, _, err := r.admin.OAuth2API.GetOAuth2Client(ctx, r.id).Execute()
	if err != nil {
		return "", err
	}
	lifespan := found.GetAuthorizationCodeGrantAccessTokenLifespan()
	if found.GetClientName() != "Renamed" || lifespan != "20m0s" {
		return "", fmt.Errorf("found %q with %q", found.GetClientName(), lifespan)
	}
	return "patched, and its access tokens live for " + lifespan, nil
}

func (r *run) keys(ctx context.Context) (string, error) {
	name := owner + "-" + r.id
	wanted := *hydra.NewCreateJsonWebKeySet("ES256", "", "sig")
	made, _, err := r.admin.JwkAPI.CreateJsonWebKeySet(ctx, name).CreateJsonWebKeySet(wanted).Execute()
	if err != nil {
		return "", err
	}
	if len(made.Keys) != 1 || made.Keys[0].Alg != "ES256" {
		return "", fmt.Errorf("made %+v", made)
	}
	found, _, err := r.admin.JwkAPI.GetJsonWebKey(ctx, name, made.Keys[0].Kid).Execute()
	if err != nil {
		return "", err
	}
	if _, err := r.admin.JwkAPI.DeleteJsonWebKeySet(ctx, name).Execute(); err != nil {
		return "", err
	}
	return fmt.Sprintf("a set made, its key for %s read, and deleted", found.Keys[0].Alg), nil
}

func (r *run) remove(ctx context.Context) (string, error) {
	if _, err := r.admin.OAuth2API.DeleteOAuth2Client(ctx, r.id).Execute(); err != nil {
		return "", err
	}
	_, answer, err := r.admin.OAuth2API.GetOAuth2Client(ctx, r.id).Execute()
	if err == nil || answer.StatusCode != http.StatusNotFound {
		return "", fmt.Errorf("it is still there: %v", err)
	}
	return "deleted, and gone", nil
}
