-- DropIndex
DROP INDEX "authorization_codes_expires_at_idx";

-- AlterTable
ALTER TABLE "authorization_codes" ADD COLUMN     "kept_until" TIMESTAMPTZ(3) NOT NULL DEFAULT (now() + '25:00:00'::interval);

-- CreateIndex
CREATE INDEX "authorization_codes_kept_until_idx" ON "authorization_codes"("kept_until");

-- Whose grant it is: a user who disconnects an application finds their own rows and looks at nobody else's. Of devices,
-- those that somebody has let in.
CREATE INDEX "authorization_codes_subject_idx" ON "authorization_codes"((("grant" ->> 'subject')::uuid));
CREATE INDEX "device_authorizations_subject_idx" ON "device_authorizations"((("grant" ->> 'subject')::uuid))
  WHERE "grant" IS NOT NULL;
