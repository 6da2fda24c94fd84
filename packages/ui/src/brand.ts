/** Whose pages and mails these are, as the operator sets it. */
import { z } from 'zod'

export { readableOn } from './contrast.ts'

export interface Brand {
  readonly name: string
  /** `#rrggbb`: buttons and links. Where it could not be read, pages take a darker or lighter one. */
  readonly color: string
  /** Shown above each page in the place of the name. */
  readonly logoUrl?: string | undefined
}

/** One line without a line break, so that it can stand in a mail's header. */
const nameSetting = () =>
  z.string().regex(/^[^\p{Cc}]{1,100}$/u, 'must be one line of at most 100 characters')

// A picture from elsewhere would need a policy that lets its path through; whitespace, quotes, semicolons and
// commas would end that policy.
const logo = /^(?:https?:\/\/[^\s"';,?#]+|data:image\/(?:png|svg\+xml|webp|jpeg);base64,[\w+/=]+)$/

/** What mails and pages both have. */
export const brandSettings = {
  BRAND_NAME: nameSetting()
    .default('Latchkey')
    .describe('The name that pages carry, and that mails speak of and come from'),
  BRAND_COLOR: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #1d4ed8')
    .default('#1d4ed8')
    .describe('The colour of buttons and links in pages and mails'),
}

/** The same for services with pages. */
export const pageBrandSettings = {
  ...brandSettings,
  BRAND_LOGO_URL: z
    .string()
    .regex(logo, 'must be an https:// or http:// URL without a query, or a data: URL of an image in base64')
    .optional()
    .describe('The picture above each page, for example https://example.com/logo.svg; the name by default'),
}

export const brandOf = (settings: {
  readonly BRAND_NAME: string
  readonly BRAND_COLOR: string
  readonly BRAND_LOGO_URL?: string | undefined
}): Brand => ({
  name: settings.BRAND_NAME,
  color: settings.BRAND_COLOR.toLowerCase(),
  logoUrl: settings.BRAND_LOGO_URL,
})
