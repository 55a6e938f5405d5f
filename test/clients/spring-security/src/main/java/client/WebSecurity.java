package client;

import static org.springframework.security.config.Customizer.withDefaults;

import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.web.SecurityFilterChain;

/** The web application: login, logout by the person, logout by the server, and renewed tokens. */
@Configuration
class WebSecurity {
  /** Sessions that have ended. */
  final Semaphore ended = new Semaphore(0);

  @Bean
  SecurityFilterChain web(
      HttpSecurity http, ClientRegistrationRepository clients, @Value("${signed-out}") String signedOut)
      throws Exception {
    var atTheServer = new OidcClientInitiatedLogoutSuccessHandler(clients);
    atTheServer.setPostLogoutRedirectUri(signedOut);
    return http.authorizeHttpRequests(
            requests -> requests.requestMatchers("/signed-out").permitAll().anyRequest().authenticated())
        .oauth2Login(login -> login.loginPage("/oauth2/authorization/web"))
        .oauth2Client(withDefaults())
        .oidcLogout(server -> server.backChannel(withDefaults()))
        .logout(
            logout ->
                logout
                    .addLogoutHandler((request, response, person) -> ended.release())
                    .logoutSuccessHandler(atTheServer))
        .build();
  }
}
