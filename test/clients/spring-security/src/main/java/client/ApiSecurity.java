package client;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import org.springframework.security.web.SecurityFilterChain;

/** Resource servers: one reads JWT access tokens itself, the other asks the server about each token. */
@Configuration
class ApiSecurity {
  private static final String SCOPE = "SCOPE_orders.read";

  @Bean
  @Order(1)
  SecurityFilterChain jwtApi(HttpSecurity http, JwtDecoder accessTokens) throws Exception {
    return http.securityMatcher("/api/jwt/**")
        .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(SCOPE))
        .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(accessTokens)))
        .build();
  }

  /** Access tokens of RFC 9068 alone: the type is at+jwt, and client and audience are compared. */
  @Bean
  JwtDecoder accessTokens(
      @Value("${ISSUER}") String issuer,
      @Value("${api.audience}") String audience,
      @Value("${JWT_CLIENT_ID}") String client) {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(issuer).validateType(false).build();
    decoder.setJwtValidator(
        JwtValidators.createAtJwtValidator().issuer(issuer).audience(audience).clientId(client).build());
    return decoder;
  }

  @Bean
  @Order(2)
  SecurityFilterChain opaqueApi(HttpSecurity http, @Value("${api.introspection-uri}") String uri) throws Exception {
    // The admin API knows no callers, but the builder wants their names.
    var introspector =
        SpringOpaqueTokenIntrospector.withIntrospectionUri(uri).clientId("api").clientSecret("unused").build();
    return http.securityMatcher("/api/opaque/**")
        .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(SCOPE))
        .oauth2ResourceServer(server -> server.opaqueToken(opaque -> opaque.introspector(introspector)))
        .build();
  }
}
