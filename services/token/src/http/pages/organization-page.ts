/** The page that asks a user of several organizations in which they act: a button for each. */
import { buttons, fill, form, type Locale, type Page, paragraph } from '@latchkey/ui'
import type { OpenChoice } from '../../usecases/choose-organization.ts'
import { phrases } from './phrases.ts'

export interface OrganizationForm {
  readonly action: string
  readonly csrf: string
  readonly handle: string
}

export const organizationPage = (
  { client, memberships }: OpenChoice,
  { action, csrf, handle }: OrganizationForm,
  locale: Locale,
): Page => {
  const words = phrases[locale].organization
  return {
    locale,
    title: words.heading,
    body: [
      paragraph(fill(words.advice, { client: client.name })),
      form({
        action,
        hidden: { csrf, flow: handle },
        content: buttons(
          ...memberships.map(({ id, name }) => ({
            label: name,
            sends: { name: 'organization', value: id },
            other: true,
          })),
        ),
      }),
    ],
  }
}
