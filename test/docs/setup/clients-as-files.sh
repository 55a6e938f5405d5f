# The server has the client of the page, with another scope.
curl -fsS http://127.0.0.1:4445/admin/clients -d '{
  "client_id": "shop", "client_name": "The shop", "client_secret": "a-secret-of-your-own",
  "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
  "redirect_uris": ["https://shop.example/callback"], "scope": "openid"
}'
