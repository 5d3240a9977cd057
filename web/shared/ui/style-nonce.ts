/** The nonce that the server put into the page for style elements made by scripts. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

/**
 * Gives the nonce to every style element that a script makes. The component library takes it for its themes, but its
 * scroll lock and its scrollbar measurement make style elements without asking, which the page's policy then refuses.
 */
export function giveStylesTheNonce(): void {
  const create = document.createElement.bind(document)
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = styleNonce
    return element
  }) as typeof document.createElement
}
