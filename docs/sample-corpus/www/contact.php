<?php
$name = trim($_POST['name'] ?? '');
if ($name === '' || !filter_var($_POST['mail'] ?? '', FILTER_VALIDATE_EMAIL)) {
    http_response_code(400);
    exit('Name and address, please.');
}
echo 'Thank you, ' . htmlspecialchars($name);
