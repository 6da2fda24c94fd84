-- DropIndex
DROP INDEX "refresh_families_subject_idx";

-- AlterTable
ALTER TABLE "refresh_families" ADD COLUMN     "acr" TEXT,
ADD COLUMN     "claims" JSONB,
ADD COLUMN     "dpop_jkt" TEXT,
ADD COLUMN     "offline" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "resources" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "rotates" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "clients" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "origin" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "origins" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "registration_token_hash" BYTEA,
    "tokens_ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "client_secrets" (
    "id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "client_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scopes" (
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "built_in" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scopes_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "consents" (
    "subject" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "scopes" TEXT[],
    "resources" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("subject","client_id")
);

-- CreateTable
CREATE TABLE "browser_sessions" (
    "token_hash" BYTEA NOT NULL,
    "session_id" UUID NOT NULL,
    "subject" UUID NOT NULL,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "authentication_methods" TEXT[],
    "acr" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "browser_sessions_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "authorization_flows" (
    "handle_hash" BYTEA NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "client_id" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "authorization_flows_pkey" PRIMARY KEY ("handle_hash")
);

-- CreateTable
CREATE TABLE "pushed_requests" (
    "reference_hash" BYTEA NOT NULL,
    "client_id" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "dpop_jkt" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "pushed_requests_pkey" PRIMARY KEY ("reference_hash")
);

-- CreateTable
CREATE TABLE "authorization_codes" (
    "code_hash" BYTEA NOT NULL,
    "client_id" TEXT NOT NULL,
    "grant_id" UUID NOT NULL,
    "grant" JSONB NOT NULL,
    "redirect_uri" TEXT NOT NULL,
    "code_challenge" TEXT,
    "nonce" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "authorization_codes_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "device_authorizations" (
    "device_code_hash" BYTEA NOT NULL,
    "user_code_hash" BYTEA NOT NULL,
    "client_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "resources" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "dpop_jkt" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "grant_id" UUID,
    "grant" JSONB,
    "interval_seconds" INTEGER NOT NULL DEFAULT 5,
    "last_polled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "device_authorizations_pkey" PRIMARY KEY ("device_code_hash")
);

-- CreateTable
CREATE TABLE "used_ids" (
    "kind" TEXT NOT NULL,
    "id_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_ids_pkey" PRIMARY KEY ("kind","id_hash")
);

-- CreateTable
CREATE TABLE "revocations" (
    "key" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revocations_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "client_sessions" (
    "session_id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "subject" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "client_sessions_pkey" PRIMARY KEY ("session_id","client_id")
);

-- CreateIndex
CREATE INDEX "clients_origins_idx" ON "clients" USING GIN ("origins");

-- CreateIndex
CREATE INDEX "client_secrets_client_id_idx" ON "client_secrets"("client_id");

-- CreateIndex
CREATE INDEX "consents_client_id_idx" ON "consents"("client_id");

-- CreateIndex
CREATE INDEX "browser_sessions_session_id_idx" ON "browser_sessions"("session_id");

-- CreateIndex
CREATE INDEX "browser_sessions_ends_at_idx" ON "browser_sessions"("ends_at");

-- CreateIndex
CREATE INDEX "authorization_flows_expires_at_idx" ON "authorization_flows"("expires_at");

-- CreateIndex
CREATE INDEX "pushed_requests_expires_at_idx" ON "pushed_requests"("expires_at");

-- CreateIndex
CREATE INDEX "authorization_codes_expires_at_idx" ON "authorization_codes"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "device_authorizations_user_code_hash_key" ON "device_authorizations"("user_code_hash");

-- CreateIndex
CREATE INDEX "device_authorizations_expires_at_idx" ON "device_authorizations"("expires_at");

-- CreateIndex
CREATE INDEX "used_ids_expires_at_idx" ON "used_ids"("expires_at");

-- CreateIndex
CREATE INDEX "revocations_expires_at_idx" ON "revocations"("expires_at");

-- CreateIndex
CREATE INDEX "client_sessions_ends_at_idx" ON "client_sessions"("ends_at");

-- CreateIndex
CREATE INDEX "refresh_families_subject_client_id_idx" ON "refresh_families"("subject", "client_id");

-- AddForeignKey
ALTER TABLE "client_secrets" ADD CONSTRAINT "client_secrets_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What comes with Latchkey: OpenID Connect Core §5.4, §11, and the scopes of the admin API.
INSERT INTO "scopes" ("name", "description", "is_default", "built_in") VALUES
  ('openid', 'Know who you are', true, true),
  ('profile', 'See your name', false, true),
  ('email', 'See your email address', false, true),
  ('offline_access', 'Stay connected while you are away', false, true),
  ('admin:clients:read', 'Read the clients', false, true),
  ('admin:clients:write', 'Change the clients', false, true),
  ('admin:scopes:read', 'Read the scopes', false, true),
  ('admin:scopes:write', 'Change the scopes', false, true),
  ('admin:users:read', 'Read the users', false, true),
  ('admin:users:write', 'Change the users', false, true),
  ('admin:sessions:read', 'Read the sessions', false, true),
  ('admin:sessions:write', 'End sessions', false, true),
  ('admin:keys:read', 'Read the signing keys', false, true),
  ('admin:keys:write', 'Change the signing keys', false, true),
  ('admin:queues:read', 'Read the queues', false, true),
  ('admin:queues:write', 'Change the queues', false, true),
  ('admin:audit:read', 'Read the audit log', false, true),
  ('admin:audit:write', 'Change the audit log', false, true),
  ('admin:system:read', 'Read the state of the system', false, true),
  ('admin:system:write', 'Change the state of the system', false, true);
