-- AlterTable
ALTER TABLE "not_me_links" ADD COLUMN     "flagged_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "not_me_links_session_id_flagged_at_key" ON "not_me_links"("session_id", "flagged_at");
