# The client of all pages that write CLIENT.
curl -fsS http://127.0.0.1:4445/admin/clients -d '{
  "client_id": "CLIENT", "client_secret": "a-secret-of-your-own",
  "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
  "redirect_uris": ["https://app.example.com/callback"], "scope": "openid offline_access"
}'
