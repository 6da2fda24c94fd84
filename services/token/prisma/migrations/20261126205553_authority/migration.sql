-- AlterTable
ALTER TABLE "refresh_families" ADD COLUMN     "organization_id" UUID;

-- AlterTable
ALTER TABLE "subjects" ADD COLUMN     "organizations" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "permissions" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "roles" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Scopes that come with Latchkey from now on; an operator's own of these names become them.
INSERT INTO "scopes" ("name", "description", "is_default", "built_in") VALUES
  ('roles', 'See your roles and what they let you do', false, true),
  ('organization', 'Know which of your organizations you act in', false, true)
ON CONFLICT ("name") DO UPDATE SET "built_in" = true;
