-- AlterTable
ALTER TABLE "authentications" ADD COLUMN     "credential_version" INTEGER;

