// Command go-oidc is a web application that logs its users in with golang.org/x/oauth2 and coreos/go-oidc. It says what
// it checked, and ends with 1 at the first thing that is not as it should be.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// patience is the longest that a run may take.
const patience = 90 * time.Second

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	told, err := listen()
	if err != nil {
		return err
	}
	a, err := discover(ctx)
	if err != nil {
		return fmt.Errorf("discovery: %w", err)
	}
	check("discovery", "the issuer of the document is the one that was asked")
	steps := []struct {
		topic string
		do    func(context.Context) (string, error)
	}{
		{"login", a.login},
		{"userinfo", a.userInfo},
		{"refresh", a.refresh},
		{"refresh", a.overlap},
		{"logout", a.logout},
		{"logout", func(ctx context.Context) (string, error) { return a.told(ctx, told) }},
		{"logout", a.ended},
	}
	for _, step := range steps {
		seen, err := step.do(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.topic, err)
		}
		check(step.topic, seen)
	}
	return nil
}

func check(topic, seen string) { fmt.Printf("check: %s: %s\n", topic, seen) }

var arrivals = bufio.NewScanner(os.Stdin)

// visit has a person open the address in a browser, and returns the parameters of where the app got the browser back.
func visit(address string) (url.Values, error) {
	fmt.Println("visit:", address)
	if !arrivals.Scan() {
		return nil, errors.New("the browser did not come back")
	}
	arrived, err := url.Parse(arrivals.Text())
	if err != nil {
		return nil, err
	}
	return arrived.Query(), nil
}

// listen takes what the server sends by the back channel.
func listen() (<-chan string, error) {
	told := make(chan string, 1)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /back-channel-logout", func(_ http.ResponseWriter, request *http.Request) {
		told <- request.PostFormValue("logout_token")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }()
	return told, nil
}
