-- Fills the access-token table with :rows live rows as wide as those of client credentials, all of client :'client_id'.
-- Their keys rise with time, as those of real tokens do: a uuid v7 begins with the milliseconds of its making.
-- The bucket is the day on which they expire; the server made its partition when it started.
with day as (select floor(extract(epoch from now() + interval '1 hour') / 86400)::integer as bucket)
insert into access_token (bucket, id, digest, client_key, scope, audience, issued_at, expires_at)
select bucket,
       (lpad(to_hex(floor(extract(epoch from now()) * 1000)::bigint - :rows / 100 + i / 100), 12, '0')
         || '7' || substr(md5(i::text), 1, 3) || 'a' || substr(md5(i::text), 4, 15))::uuid,
       sha256(i::text::bytea), key, array['read'], '{}', now(), now() + interval '1 hour'
from generate_series(1, :rows) i, day, client where client_id = :'client_id';
analyze access_token;
