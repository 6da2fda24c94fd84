-- AlterTable
ALTER TABLE "external_accounts" ADD COLUMN     "linked_in" UUID;

-- AlterTable
ALTER TABLE "totp_factors" ADD COLUMN     "set_up_by" TEXT;
