-- CreateTable
CREATE TABLE "email_proofs" (
    "id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "user_id" UUID,
    "browser_hash" TEXT,
    "token_hash" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "sealed_data" TEXT,
    "locale" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "code_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_proofs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "asked_mails" (
    "id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT,
    "address" TEXT,
    "network" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "asked_mails_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "email_proofs_token_hash_key" ON "email_proofs"("token_hash");

-- CreateIndex
CREATE INDEX "email_proofs_email_key_purpose_idx" ON "email_proofs"("email_key", "purpose");

-- CreateIndex
CREATE INDEX "email_proofs_user_id_idx" ON "email_proofs"("user_id");

-- CreateIndex
CREATE INDEX "email_proofs_expires_at_idx" ON "email_proofs"("expires_at");

-- CreateIndex
CREATE INDEX "asked_mails_recipient_asked_at_idx" ON "asked_mails"("recipient", "asked_at");

-- CreateIndex
CREATE INDEX "asked_mails_subject_asked_at_idx" ON "asked_mails"("subject", "asked_at");

-- CreateIndex
CREATE INDEX "asked_mails_address_asked_at_idx" ON "asked_mails"("address", "asked_at");

-- CreateIndex
CREATE INDEX "asked_mails_network_asked_at_idx" ON "asked_mails"("network", "asked_at");

-- CreateIndex
CREATE INDEX "asked_mails_asked_at_idx" ON "asked_mails"("asked_at");

-- AddForeignKey
ALTER TABLE "email_proofs" ADD CONSTRAINT "email_proofs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
