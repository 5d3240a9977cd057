import { useNavigate, useParams } from '@tanstack/react-router'

/** A parameter of the page's path: `usePathParam('productId')`. */
export function usePathParam(name: string): string {
  const params = useParams({ strict: false }) as Readonly<Record<string, string | undefined>>
  const value = params[name]
  if (value === undefined) throw new Error(`this page's path has no $${name}`)
  return value
}

/** `const go = useGo(); go(paths.product(id))` */
export function useGo(): (to: string, options?: { readonly replace?: boolean }) => void {
  const navigate = useNavigate()
  return (to, options) => void navigate({ href: to, ...(options?.replace && { replace: true }) })
}
