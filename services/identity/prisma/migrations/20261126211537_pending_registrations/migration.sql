-- CreateTable
CREATE TABLE "pending_registrations" (
    "proof_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "password_hash" TEXT,
    "device_hash" TEXT NOT NULL,

    CONSTRAINT "pending_registrations_pkey" PRIMARY KEY ("proof_id")
);

-- AddForeignKey
ALTER TABLE "pending_registrations" ADD CONSTRAINT "pending_registrations_proof_id_fkey" FOREIGN KEY ("proof_id") REFERENCES "email_proofs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
