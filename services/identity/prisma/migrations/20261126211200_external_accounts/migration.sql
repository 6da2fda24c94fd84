-- CreateTable
CREATE TABLE "external_accounts" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "email" TEXT,
    "linked_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "external_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "social_journeys" (
    "state_hash" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "browser_hash" TEXT,
    "redirect_uri" TEXT,
    "code_challenge" TEXT,
    "flow" TEXT,
    "link_user_id" UUID,
    "link_session_id" UUID,
    "posted" TEXT,
    "user_id" UUID,
    "code_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "returned_at" TIMESTAMPTZ(3),
    "redeemed_at" TIMESTAMPTZ(3),

    CONSTRAINT "social_journeys_pkey" PRIMARY KEY ("state_hash")
);

-- CreateTable
CREATE TABLE "social_sign_ups" (
    "ticket_hash" TEXT NOT NULL,
    "browser_hash" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "token_hash" TEXT,
    "flow" TEXT,
    "mails" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "social_sign_ups_pkey" PRIMARY KEY ("ticket_hash")
);

-- CreateIndex
CREATE INDEX "external_accounts_user_id_idx" ON "external_accounts"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "external_accounts_issuer_subject_key" ON "external_accounts"("issuer", "subject");

-- CreateIndex
CREATE INDEX "social_journeys_expires_at_idx" ON "social_journeys"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "social_sign_ups_token_hash_key" ON "social_sign_ups"("token_hash");

-- CreateIndex
CREATE INDEX "social_sign_ups_expires_at_idx" ON "social_sign_ups"("expires_at");

-- AddForeignKey
ALTER TABLE "external_accounts" ADD CONSTRAINT "external_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
