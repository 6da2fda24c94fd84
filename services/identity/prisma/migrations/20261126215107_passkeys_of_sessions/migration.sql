-- AlterTable
ALTER TABLE "passkeys" ADD COLUMN     "enrolled_in" UUID;
