create table access_token (
  bucket integer not null,
  id uuid not null,
  digest bytea,
  client_key bigint not null,
  grant_id uuid,
  chain_id uuid,
  chain_generation integer,
  subject text collate "C",
  scope text[],
  audience text[],
  session bytea storage external,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  client_version integer,
  cnf bytea,
  lineage uuid[],
  source_clients bigint[],
  source_versions integer[],
  constraint access_token_pkey PRIMARY KEY (bucket, id)
) partition by LIST (bucket);

create table access_token_0 partition of access_token FOR VALUES IN (0);

create table authorization_grant (
  id uuid not null,
  client_key bigint not null,
  consent_id uuid,
  subject text collate "C" not null,
  scope text[] not null,
  audience text[] not null,
  session bytea storage external not null,
  code_digest bytea,
  code_expires_at timestamp with time zone,
  redeemed_at timestamp with time zone,
  revoked_at timestamp with time zone,
  created_at timestamp with time zone not null,
  keep_until timestamp with time zone not null,
  cnf bytea,
  constraint authorization_grant_pkey PRIMARY KEY (id),
  constraint authorization_grant_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE,
  constraint authorization_grant_consent_id_fkey FOREIGN KEY (consent_id) REFERENCES consent(id) ON DELETE CASCADE
) with (fillfactor=80);
CREATE INDEX authorization_grant_client ON public.authorization_grant USING btree (client_key, id);
CREATE INDEX authorization_grant_consent ON public.authorization_grant USING btree (consent_id) WHERE (consent_id IS NOT NULL);

create table cache_change (
  xact xid8 not null default pg_current_xact_id(),
  kind text collate "C" not null,
  id text collate "C" not null,
  changed_at timestamp with time zone not null default now(),
  constraint cache_change_pkey PRIMARY KEY (xact, kind, id)
);

create table ciba_ping (
  id uuid not null,
  client_key bigint not null,
  notice bytea not null,
  attempts integer not null default 0,
  created_at timestamp with time zone not null,
  next_attempt_at timestamp with time zone not null,
  until timestamp with time zone not null,
  constraint ciba_ping_pkey PRIMARY KEY (id),
  constraint ciba_ping_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE
);
CREATE INDEX ciba_ping_client ON public.ciba_ping USING btree (client_key);
CREATE INDEX ciba_ping_due ON public.ciba_ping USING btree (next_attempt_at);

create table client (
  key bigint not null generated always as identity,
  client_id text collate "C" not null,
  name text not null default ''::text,
  owner text not null default ''::text,
  secret_hash text,
  rotated_secret_hashes text[] not null default '{}'::text[],
  registration_token_digest bytea,
  metadata json not null,
  version integer not null default 1,
  access_tokens_valid_from timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  access_tokens_valid_version integer,
  access_tokens_cut_at timestamp with time zone,
  document_fetched_at timestamp with time zone,
  document_fresh_until timestamp with time zone,
  document_idle_since timestamp with time zone,
  constraint client_client_id UNIQUE (client_id),
  constraint client_pkey PRIMARY KEY (key),
  constraint client_client_id_check CHECK (((client_id <> ''::text) AND (length(client_id) <= 255)))
);
CREATE INDEX client_document ON public.client USING btree (client_id) WHERE (document_fetched_at IS NOT NULL);
CREATE INDEX client_name ON public.client USING btree (name, client_id);
CREATE INDEX client_origin ON public.client USING gin (((lower(((metadata ->> 'allowed_cors_origins'::text) COLLATE "C")))::jsonb)) WITH (fastupdate=off) WHERE ((metadata ->> 'allowed_cors_origins'::text) IS NOT NULL);
CREATE INDEX client_owner ON public.client USING btree (owner, client_id);

create table consent (
  id uuid not null,
  subject text collate "C" not null,
  client_key bigint not null,
  login_session_id uuid,
  granted_scope text[] not null,
  granted_audience text[] not null,
  remember boolean not null,
  remember_for integer not null,
  skip boolean not null,
  requested_at timestamp with time zone not null,
  handled_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  details bytea storage external not null,
  rests_on uuid,
  superseded boolean not null default false,
  constraint consent_pkey PRIMARY KEY (id),
  constraint consent_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE,
  constraint consent_login_session_id_fkey FOREIGN KEY (login_session_id) REFERENCES login_session(id) ON DELETE SET NULL,
  constraint consent_rests_on_fkey FOREIGN KEY (rests_on) REFERENCES consent(id) ON DELETE CASCADE
);
CREATE INDEX consent_client ON public.consent USING btree (client_key, id);
CREATE INDEX consent_login_session ON public.consent USING btree (login_session_id, id) WHERE (login_session_id IS NOT NULL);
CREATE INDEX consent_rests_on ON public.consent USING btree (rests_on) WHERE (rests_on IS NOT NULL);
CREATE INDEX consent_subject ON public.consent USING btree (subject, client_key, id);

create table delegation (
  id uuid not null,
  grant_id uuid not null,
  client_key bigint not null,
  scope text[] not null,
  audience text[] not null,
  session bytea storage external not null,
  lineage uuid[] not null,
  source_clients bigint[] not null,
  created_at timestamp with time zone not null,
  constraint delegation_pkey PRIMARY KEY (id),
  constraint delegation_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE,
  constraint delegation_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES authorization_grant(id) ON DELETE CASCADE
);
CREATE INDEX delegation_client ON public.delegation USING btree (client_key);
CREATE INDEX delegation_grant ON public.delegation USING btree (grant_id);

create table ended_source (
  id uuid not null,
  grant_id uuid,
  keep_until timestamp with time zone not null,
  constraint ended_source_pkey PRIMARY KEY (id)
);

create unlogged table flow (
  key bytea not null,
  value bytea storage external not null,
  version integer not null,
  claimed boolean not null default false,
  keep_until timestamp with time zone not null,
  polled_at timestamp with time zone,
  poll_interval integer,
  constraint flow_pkey PRIMARY KEY (key)
) with (autovacuum_vacuum_insert_threshold=-1, autovacuum_vacuum_scale_factor=0.02, fillfactor=40);
CREATE INDEX flow_keep_until ON public.flow USING btree (keep_until);

create table forced_subject (
  client_key bigint not null,
  subject text collate "C" not null,
  identifier text collate "C" not null,
  constraint forced_subject_identifier UNIQUE (client_key, identifier),
  constraint forced_subject_pkey PRIMARY KEY (client_key, subject),
  constraint forced_subject_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE
);

create table hydra_import (
  network uuid not null,
  source_schema text not null,
  details jsonb not null,
  begun_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint hydra_import_pkey PRIMARY KEY (network)
);

create table hydra_import_table (
  name text not null,
  place text,
  imported bigint not null default 0,
  adapted jsonb not null default '{}'::jsonb,
  left_out jsonb not null default '{}'::jsonb,
  live_until timestamp with time zone,
  finished boolean not null default false,
  constraint hydra_import_table_pkey PRIMARY KEY (name)
);

create table imported_refresh_token (
  id uuid not null,
  digest bytea not null,
  chain_id uuid not null,
  generation integer not null,
  constraint imported_refresh_token_pkey PRIMARY KEY (id)
);

create table json_web_key (
  set_id text collate "C" not null,
  kid text collate "C" not null,
  seq bigint not null generated always as identity,
  alg text not null,
  state text not null default 'active'::text,
  not_before timestamp with time zone not null,
  sealed_jwk bytea storage external not null,
  created_at timestamp with time zone not null,
  constraint json_web_key_pkey PRIMARY KEY (set_id, kid),
  constraint json_web_key_state_check CHECK ((state = ANY (ARRAY['next'::text, 'active'::text, 'retired'::text])))
);

create table lease (
  name text not null,
  holder text not null,
  until timestamp with time zone not null,
  constraint lease_pkey PRIMARY KEY (name)
);

create table login_session (
  id uuid not null,
  subject text collate "C" not null,
  authenticated_at timestamp with time zone not null,
  remember boolean not null,
  identity_provider_session_id text,
  expires_at timestamp with time zone not null,
  user_agent text,
  address text,
  last_used_at timestamp with time zone,
  until_browser_closed boolean not null default false,
  acr text,
  amr text[],
  constraint login_session_pkey PRIMARY KEY (id)
);
CREATE INDEX login_session_list ON public.login_session USING btree (subject, id);

create table logout_delivery (
  id uuid not null,
  channel text not null,
  client_key bigint,
  login_session_id uuid not null,
  subject text collate "C" not null,
  identity_provider_session_id text,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  created_at timestamp with time zone not null,
  next_attempt_at timestamp with time zone not null,
  last_attempt_at timestamp with time zone,
  finished_at timestamp with time zone,
  response_status integer,
  failure text,
  constraint logout_delivery_pkey PRIMARY KEY (id),
  constraint logout_delivery_client_key_fkey FOREIGN KEY (client_key) REFERENCES client(key) ON DELETE CASCADE,
  constraint logout_delivery_channel_check CHECK ((channel = ANY (ARRAY['back_channel'::text, 'identity_provider'::text]))),
  constraint logout_delivery_receiver CHECK (((channel = 'back_channel'::text) = (client_key IS NOT NULL))),
  constraint logout_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'expired'::text])))
);
CREATE INDEX logout_delivery_client ON public.logout_delivery USING btree (client_key, id);
CREATE INDEX logout_delivery_due ON public.logout_delivery USING btree (next_attempt_at) WHERE (state = 'pending'::text);
CREATE INDEX logout_delivery_session ON public.logout_delivery USING btree (login_session_id, id);
CREATE INDEX logout_delivery_subject ON public.logout_delivery USING btree (subject, id);

create table refresh_chain (
  id uuid not null,
  grant_id uuid not null,
  generation integer not null default 0,
  digest bytea not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  previous_used_at timestamp with time zone,
  previous_uses integer not null default 0,
  revoked_at timestamp with time zone,
  keep_until timestamp with time zone,
  cnf bytea,
  delegation_id uuid,
  constraint refresh_chain_pkey PRIMARY KEY (id),
  constraint refresh_chain_delegation_id_fkey FOREIGN KEY (delegation_id) REFERENCES delegation(id) ON DELETE CASCADE,
  constraint refresh_chain_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES authorization_grant(id) ON DELETE CASCADE
) with (fillfactor=70);
CREATE INDEX refresh_chain_delegation ON public.refresh_chain USING btree (delegation_id) WHERE (delegation_id IS NOT NULL);
CREATE INDEX refresh_chain_grant ON public.refresh_chain USING btree (grant_id);

create table trusted_issuer (
  id uuid not null,
  issuer text collate "C" not null,
  kid text collate "C" not null,
  subject text collate "C" not null default ''::text,
  allow_any_subject boolean not null,
  scope text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint trusted_issuer_unique UNIQUE (issuer, kid, subject),
  constraint trusted_issuer_pkey PRIMARY KEY (id),
  constraint trusted_issuer_key FOREIGN KEY (issuer, kid) REFERENCES json_web_key(set_id, kid) ON DELETE CASCADE,
  constraint trusted_issuer_subject CHECK ((allow_any_subject = (subject = ''::text)))
);
CREATE INDEX trusted_issuer_list ON public.trusted_issuer USING btree (issuer, id);

create table use_mark (
  bucket integer not null,
  digest bytea not null,
  claimed_by uuid,
  constraint use_mark_pkey PRIMARY KEY (bucket, digest)
) partition by LIST (bucket);

create table use_mark_0 partition of use_mark FOR VALUES IN (0);

CREATE TRIGGER client_change AFTER DELETE OR UPDATE ON public.client FOR EACH ROW EXECUTE FUNCTION announce_client_change();

CREATE TRIGGER json_web_key_change AFTER INSERT OR DELETE OR UPDATE ON public.json_web_key FOR EACH ROW EXECUTE FUNCTION announce_key_change();

create function announce_change(text,text);

create function announce_client_change();

create function announce_key_change();
