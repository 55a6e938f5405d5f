# A client that has what the profile asks for, and does not have the profile yet.
node examples/fapi/client.mjs own-key.json >client.json
node -e '
  const client = JSON.parse(require("node:fs").readFileSync("client.json", "utf8"));
  console.log(JSON.stringify({ ...client, client_id: "CLIENT", security_profile: undefined }));
' | ostiary update oauth2-client CLIENT --file -
