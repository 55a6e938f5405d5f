// A client under FAPI 2.0 with the standard library of Go alone: private_key_jwt, PAR, and DPoP or a certificate.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

type object = map[string]any

var (
	issuer, clientID, redirectURI = os.Getenv("ISSUER"), os.Getenv("CLIENT_ID"), os.Getenv("REDIRECT_URI")
	isMTLS                        = os.Getenv("BINDING") == "mtls"
	web                           = &http.Client{Timeout: 30 * time.Second}
	proofKey                      = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func random() string {
	data := make([]byte, 32)
	must(rand.Read(data))
	return b64(data)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return b64(sum[:])
}

// RFC 7515 with ES256.
func sign(key *ecdsa.PrivateKey, header, claims object) string {
	text := b64(must(json.Marshal(header))) + "." + b64(must(json.Marshal(claims)))
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	must(0, err)
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + b64(signature)
}

func coordinate(n *big.Int) string {
	data := make([]byte, 32)
	return b64(n.FillBytes(data))
}

// RFC 9449, section 4.2.
func proof(method, address, token string) string {
	jwk := object{"kty": "EC", "crv": "P-256", "x": coordinate(proofKey.X), "y": coordinate(proofKey.Y)}
	claims := object{"jti": random(), "htm": method, "htu": address, "iat": time.Now().Unix()}
	if token != "" {
		claims["ath"] = digest(token)
	}
	return sign(proofKey, object{"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, claims)
}

func clientKey() (*ecdsa.PrivateKey, string) {
	var jwk map[string]string
	must(0, json.Unmarshal([]byte(os.Getenv("CLIENT_KEY")), &jwk))
	number := func(name string) *big.Int {
		return new(big.Int).SetBytes(must(base64.RawURLEncoding.DecodeString(jwk[name])))
	}
	public := ecdsa.PublicKey{Curve: elliptic.P256(), X: number("x"), Y: number("y")}
	return &ecdsa.PrivateKey{PublicKey: public, D: number("d")}, jwk["kid"]
}

func send(request *http.Request, status int) object {
	response := must(web.Do(request))
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))
	var result object
	if response.StatusCode != status || json.Unmarshal(body, &result) != nil {
		must(0, fmt.Errorf("%s: %d %s", request.URL.Path, response.StatusCode, body))
	}
	return result
}

// A request of the client, authenticated by an assertion (RFC 7523, section 2.2) whose audience is the issuer.
func post(address string, form url.Values, status int) object {
	key, kid := clientKey()
	now := time.Now().Unix()
	claims := object{"iss": clientID, "sub": clientID, "aud": issuer, "jti": random(), "iat": now, "exp": now + 60}
	form.Set("client_id", clientID)
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", sign(key, object{"alg": "ES256", "kid": kid}, claims))
	request := must(http.NewRequest("POST", address, strings.NewReader(form.Encode())))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !isMTLS {
		request.Header.Set("DPoP", proof("POST", address, ""))
	}
	return send(request, status)
}

func useCertificates() {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(must(os.ReadFile(os.Getenv("NODE_EXTRA_CA_CERTS"))))
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if isMTLS {
		pair := must(tls.LoadX509KeyPair(os.Getenv("CLIENT_CERT"), os.Getenv("CLIENT_CERT_KEY")))
		config.Certificates = []tls.Certificate{pair}
	}
	web.Transport = &http.Transport{TLSClientConfig: config}
}

func discover() func(name string) string {
	request := must(http.NewRequest("GET", issuer+"/.well-known/openid-configuration", nil))
	metadata := send(request, 200)
	aliases, _ := metadata["mtls_endpoint_aliases"].(object)
	return func(name string) string {
		if alias, ok := aliases[name].(string); ok && isMTLS {
			return alias
		}
		return metadata[name].(string)
	}
}

func main() {
	useCertificates()
	endpoint := discover()
	verifier, state := random(), random()
	pushed := post(endpoint("pushed_authorization_request_endpoint"), url.Values{
		"response_type": {"code"}, "redirect_uri": {redirectURI}, "scope": {"openid offline_access"}, "state": {state},
		"code_challenge": {digest(verifier)}, "code_challenge_method": {"S256"},
	}, 201)
	query := url.Values{"client_id": {clientID}, "request_uri": {pushed["request_uri"].(string)}}
	fmt.Println(endpoint("authorization_endpoint") + "?" + query.Encode())

	line := must(bufio.NewReader(os.Stdin).ReadString('\n'))
	response := must(url.Parse(strings.TrimSpace(line))).Query()
	if response.Get("state") != state || response.Get("iss") != issuer {
		must(0, fmt.Errorf("a response of somebody else: %s", line))
	}
	tokens := post(endpoint("token_endpoint"), url.Values{
		"grant_type": {"authorization_code"}, "code": {response.Get("code")}, "redirect_uri": {redirectURI},
		"code_verifier": {verifier},
	}, 200)
	refresh := tokens["refresh_token"].(string)
	fresh := post(endpoint("token_endpoint"), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}, 200)

	access, userinfo := fresh["access_token"].(string), endpoint("userinfo_endpoint")
	request := must(http.NewRequest("GET", userinfo, nil))
	request.Header.Set("Authorization", "Bearer "+access)
	if !isMTLS {
		request.Header.Set("Authorization", "DPoP "+access)
		request.Header.Set("DPoP", proof("GET", userinfo, access))
	}
	claims := send(request, 200)
	result := object{
		"tokenType": fresh["token_type"], "accessToken": access, "sub": claims["sub"],
		"isKept": fresh["refresh_token"] == refresh,
	}
	fmt.Println(string(must(json.Marshal(result))))
}
