/** Hands a file to the browser to keep, as a press on a link would. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a')
  // The browser reads the file after the press; its address is let go when the page is.
  link.href = URL.createObjectURL(file)
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}
