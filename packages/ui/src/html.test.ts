import { describe, expect, it } from '@jest/globals'
import { html } from './html.ts'

describe('html', () => {
  it('escapes what is put in, as text and in attributes', () => {
    const hostile = `<script>alert("1")</script> & 'more'`
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;</p>',
    )
  })

  it('takes its own markup as it is, once', () => {
    expect(html`<ul>${['a<b', 'c'].map(item => html`<li>${item}</li>`)}</ul>`.toString()).toBe(
      '<ul><li>a&lt;b</li><li>c</li></ul>',
    )
  })

  it('leaves out what is not there, and keeps nought', () => {
    expect(html`<p${undefined}>${false}${0}${''}</p>`.toString()).toBe('<p>0</p>')
  })

  it('does not take an object that says it is markup', () => {
    const forged = { toString: () => '<b>' }
    expect(() => html`${JSON.parse(JSON.stringify(forged))}`.toString()).toThrow()
  })
})
