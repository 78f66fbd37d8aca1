# Calls the service with RPC::XML, and prints what it found as JSON.

use strict;
use warnings;

use JSON::PP;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'UTF-8';
my $client = RPC::XML::Client->new("$ARGV[0]/api/xmlrpc");

sub answer {
    my ($name, %values) = @_;
    my $answer = $client->send_request("peopleaggregator.$name", \%values);
    die $answer unless ref $answer;
    return $answer;
}

sub call { return answer(@_)->value }

my %found;
my $session = call('login', login => 'marc', password => 'marcspassword');
$found{tokenLifetime} = 0 + $session->{tokenLifetime};
my @token = (authToken => $session->{authToken});

$found{joinState} = call('joinGroup', @token, id => 'group:1234')->{joinState};
my $again = call('joinGroup', @token, id => 'group:1234');
$found{again} = [$again->{success} ? JSON::PP::true : JSON::PP::false, $again->{code}];

my $mine = call('getMyGroups', @token, page => RPC::XML::int->new(1));
$found{total} = 0 + $mine->{totalResults};
$found{groups} = [
    map {
        my $group = $_;
        +{
            (map { $_ => $group->{$_} } qw(id name description)),
            memberCount => 0 + $group->{memberCount},
        }
    } @{ $mine->{groups} }
];

my $fault = answer('nope');
$found{fault} = [0 + $fault->code, $fault->string] if $fault->is_fault;

print JSON::PP->new->ascii->encode(\%found), "\n";
