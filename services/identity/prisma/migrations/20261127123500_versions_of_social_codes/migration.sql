-- AlterTable
ALTER TABLE "social_journeys" ADD COLUMN     "credential_version" INTEGER;

