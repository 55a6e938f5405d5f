# The client has published its encryption key.
node -e '
  import("./examples/encrypted-tokens/encryption-key.mjs").then(async ({ makeEncryptionKey }) => {
    console.log(JSON.stringify([{ op: "replace", path: "/jwks", value: { keys: [await makeEncryptionKey("own-key.json")] } }]));
  });
' | curl -fsS -X PATCH http://127.0.0.1:4445/admin/clients/CLIENT -H 'content-type: application/json-patch+json' -d @-
