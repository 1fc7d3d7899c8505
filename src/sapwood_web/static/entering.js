// What signing in cannot do without a script: passkeys, and copying or printing recovery codes.
document.addEventListener('allauth.error', function (event) {
  event.preventDefault()
  document.getElementById('key-trouble').hidden = false
})

const codes = document.getElementById('codes')
if (codes) {
  const copied = document.getElementById('copied')
  document.getElementById('print-codes').addEventListener('click', function () { window.print() })
  document.getElementById('copy-codes').addEventListener('click', function () {
    const lines = Array.from(codes.children, function (line) { return line.textContent })
    navigator.clipboard.writeText(lines.join('\n')).then(function () { copied.textContent = copied.dataset.words })
  })
}
