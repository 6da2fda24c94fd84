/** What forms and links bring to pages: anybody's text, no longer than there is a use for. */
import { isUuid } from '@latchkey/runtime/ids'
import { z } from 'zod'
import type { EmailProofId } from '../../domain/ids.ts'

export const formText = () => z.string().max(1_024).default('')

/** A box that is ticked: as our own forms send it, and as others do. */
export const formCheck = () => formText().transform(text => ['true', 'on', '1', 'yes'].includes(text))

/** What we have handed out ourselves. The longest has 102 characters; a longer one is not worth looking up. */
export const formHandle = () => z.string().max(128).default('')

/** The token of a mail's link; '' where none has led here. */
export const linkToken = () => z.string().max(512).default('')

/** Which of its sides a page shows: `?done=1`. */
export const pageSide = () => z.string().max(16).optional()

/** The mail that this browser has asked for; undefined for what names none. */
export const proofRequest = () =>
  z
    .string()
    .max(64)
    .default('')
    .transform(text => (isUuid(text) ? (text as EmailProofId) : undefined))
