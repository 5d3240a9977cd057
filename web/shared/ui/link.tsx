import { type AnchorHTMLAttributes, type ComponentType, createContext, useContext } from 'react'

export type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { readonly to: string }

/** How links inside the application are made: the router gives its own, so that this folder need not know it. */
export const LinkContext = createContext<ComponentType<LinkProps>>(({ to, ...rest }) => <a href={to} {...rest} />)

/** A link to a path of the application, as `paths.ts` builds them. */
export function Link(props: LinkProps) {
  const Made = useContext(LinkContext)
  return <Made {...props} />
}
