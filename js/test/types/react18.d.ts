// The JSX types as @types/react 18 declares them: global.
declare namespace React {
  interface ReactElement {
    type: unknown;
  }
  interface HTMLAttributes {
    className?: string | undefined;
  }
}

declare namespace JSX {
  interface Element extends React.ReactElement {}
  interface IntrinsicElements {
    div: React.HTMLAttributes & { children?: unknown };
  }
}
