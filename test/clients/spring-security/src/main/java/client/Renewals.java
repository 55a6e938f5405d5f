package client;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.RefreshTokenOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.oidc.authentication.event.OidcUserRefreshedEvent;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;

/** New tokens, as if the old access token were about to expire. */
@Component
class Renewals {
  private final DefaultOAuth2AuthorizedClientManager manager;
  private volatile OidcUser person;

  Renewals(
      ClientRegistrationRepository clients,
      OAuth2AuthorizedClientRepository authorized,
      ApplicationEventPublisher events) {
    var refresh = new RefreshTokenOAuth2AuthorizedClientProvider();
    refresh.setClockSkew(Duration.ofDays(1));
    refresh.setApplicationEventPublisher(events); // so that a new ID token is proved, and replaces the old one
    manager = new DefaultOAuth2AuthorizedClientManager(clients, authorized);
    manager.setAuthorizedClientProvider(refresh);
  }

  OAuth2AuthorizedClient renew(
      OAuth2AuthorizedClient old, Authentication of, HttpServletRequest request, HttpServletResponse response) {
    return manager.authorize(
        OAuth2AuthorizeRequest.withAuthorizedClient(old)
            .principal(of)
            .attribute(HttpServletRequest.class.getName(), request)
            .attribute(HttpServletResponse.class.getName(), response)
            .build());
  }

  @EventListener
  void onNewIdToken(OidcUserRefreshedEvent event) {
    person = event.getNewOidcUser();
  }

  /** The person of the latest new ID token, which Spring Security has compared with the old one. */
  OidcUser person() {
    return person;
  }
}
