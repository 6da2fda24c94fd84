/** Scope: case-sensitive words, separated by single spaces. @see RFC 6749 §3.3 */
import { OAuthError } from './oauth-error.ts'

const scopeWord = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export const isScopeWord = (text: string): boolean => scopeWord.test(text)

/** Each word once, in the order of the text; none where there is no text. @throws OAuthError `invalid_scope` */
export const parseScope = (text: string | undefined): readonly string[] => {
  const words = new Set((text ?? '').split(' ').filter(word => word !== ''))
  for (const word of words) {
    if (!isScopeWord(word))
      throw new OAuthError('invalid_scope', 'scope holds characters that no scope can have')
  }
  return [...words]
}

export const formatScope = (words: readonly string[]): string => words.join(' ')
