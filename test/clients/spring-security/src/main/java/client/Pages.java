package client;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

@RestController
class Pages {
  private static final long PATIENCE_SECONDS = 30;

  private final Renewals renewals;
  private final WebSecurity security;
  private final RestClient api;

  Pages(Renewals renewals, WebSecurity security, @Value("${APP_URL}") String own) {
    this.renewals = renewals;
    this.security = security;
    this.api = RestClient.create(own);
  }

  @GetMapping("/")
  String home(@AuthenticationPrincipal OidcUser person) {
    String name = person.getIdToken().getFullName() + ", " + person.getIdToken().getEmail();
    return person.getSubject() + ", " + name;
  }

  /** Spring Security asked the endpoint at the login, because of the scopes profile and email. */
  @GetMapping("/userinfo")
  String userInfo(@AuthenticationPrincipal OidcUser person) {
    return person.getUserInfo().getSubject() + ", " + person.getUserInfo().getFullName();
  }

  @GetMapping("/refresh")
  String refresh(
      @RegisteredOAuth2AuthorizedClient("web") OAuth2AuthorizedClient old,
      OAuth2AuthenticationToken person,
      HttpServletRequest request,
      HttpServletResponse response) {
    OAuth2AuthorizedClient now = renewals.renew(old, person, request, response);
    return String.join(
        ", ",
        another("access token", old.getAccessToken().getTokenValue(), now.getAccessToken().getTokenValue()),
        another("refresh token", old.getRefreshToken().getTokenValue(), now.getRefreshToken().getTokenValue()),
        "the new ID token is of " + renewals.person().getSubject());
  }

  private static String another(String what, String old, String now) {
    return (old.equals(now) ? "the same " : "another ") + what;
  }

  @GetMapping("/orders/jwt")
  String ordersByJwt(
      @RegisteredOAuth2AuthorizedClient("jwt") OAuth2AuthorizedClient client,
      @RegisteredOAuth2AuthorizedClient("web") OAuth2AuthorizedClient other,
      @AuthenticationPrincipal OidcUser person) {
    return asked("/api/jwt/orders", client.getAccessToken().getTokenValue())
        + ", with an opaque token: " + asked("/api/jwt/orders", other.getAccessToken().getTokenValue())
        + ", with the ID token: " + asked("/api/jwt/orders", person.getIdToken().getTokenValue());
  }

  @GetMapping("/orders/opaque")
  String ordersByIntrospection(@RegisteredOAuth2AuthorizedClient("web") OAuth2AuthorizedClient client) {
    return asked("/api/opaque/orders", client.getAccessToken().getTokenValue())
        + ", with a made up token: " + asked("/api/opaque/orders", "made-up");
  }

  private String asked(String path, String token) {
    return api.get()
        .uri(path)
        .headers(headers -> headers.setBearerAuth(token))
        .exchange((request, answer) -> answer.getStatusCode().is2xxSuccessful()
            ? answer.bodyTo(String.class)
            : String.valueOf(answer.getStatusCode().value()));
  }

  @GetMapping("/api/{kind}/orders")
  String orders(java.security.Principal person) {
    return "the orders of " + person.getName();
  }

  /** Waits until a session has ended, which the server does by the back channel. */
  @GetMapping("/signed-out")
  String signedOut() throws InterruptedException {
    boolean ended = security.ended.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return ended ? "signed out" : "no session ended";
  }

  @GetMapping(path = "/sign-out", produces = "text/html")
  String signOut(CsrfToken token) {
    return """
        <form method="post" action="/logout"><input type="hidden" name="%s" value="%s"><button>Sign out</button></form>"""
        .formatted(token.getParameterName(), token.getToken());
  }
}
