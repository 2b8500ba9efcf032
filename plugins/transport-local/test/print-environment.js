// Prints what a harness would see of the words and variables that matter.
const {SSH_ORIGINAL_COMMAND, AWS_SECRET_ACCESS_KEY} = process.env
process.stdout.write(`${process.argv.slice(2).join(' ')} verb=${SSH_ORIGINAL_COMMAND} secret=${AWS_SECRET_ACCESS_KEY}\n`)
