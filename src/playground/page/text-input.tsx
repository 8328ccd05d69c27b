/** A field that keeps what is being typed while the page around it is drawn again. */
import { useEffect, useRef } from 'preact/hooks';

interface TextInputProps {
  name?: string;
  inputMode?: 'decimal' | 'numeric' | 'text';
  value: string;
  /** Once typing is over. */
  onCommit: (value: string) => void;
}

export function TextInput({ value, onCommit, ...rest }: TextInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current!.value = value;
  }, [value]);
  return (
    <input
      ref={input}
      autocomplete="off"
      spellcheck={false}
      onChange={(event) => onCommit(event.currentTarget.value.trim())}
      {...rest}
    />
  );
}
